package exec

import (
	"encoding/binary"
	"fmt"
	"math"

	"weir/internal/engine/op"
)

// The piece of a WatermarkAssigner's state: "splits", version 1, a piece for
// each split that has had rows: its watermark and its id.
const (
	splitsPiece = "splits"
	splitsV1    = 1
)

// Snapshot implements op.Operator: where the watermark of each split stands, so
// that a restart neither holds back the watermark nor makes late rows punctual.
func (w *WatermarkAssigner) Snapshot() (op.WriteFunc, error) {
	var pieces [][]byte
	for id, s := range w.splits {
		if s.wm > math.MinInt64 {
			pieces = append(pieces, append(binary.LittleEndian.AppendUint64(nil, uint64(s.wm)), id...))
		}
	}
	return func(out op.StateWriter) error {
		for _, p := range pieces {
			if err := out.Write(splitsPiece, op.AllGroups, splitsV1, p); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// Restore implements op.Operator. Under one id, as with a single watermark for
// all splits, the least of several tasks counts.
func (w *WatermarkAssigner) Restore(r op.StateReader) error {
	w.restored = map[string]int64{}
	return r.Read(splitsPiece, func(_, version int, data []byte) error {
		if version != splitsV1 || len(data) < 8 {
			return fmt.Errorf("snapshot of watermarks has unknown version %d", version)
		}
		id, wm := string(data[8:]), int64(binary.LittleEndian.Uint64(data))
		if old, ok := w.restored[id]; !ok || wm < old {
			w.restored[id] = wm
		}
		return nil
	})
}
