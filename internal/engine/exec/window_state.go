package exec

import (
	"encoding/binary"
	"fmt"

	"weir/internal/engine/op"
)

// The pieces of a WindowAggregate's state: "windows" in key groups, version 1:
// slices, each its end, the number of its keys, and for each key the key
// columns and the accumulators; "progress", version 1, once an instance: the
// watermark and the next window's end.
const (
	windowsPiece  = "windows"
	progressPiece = "progress"
	windowsV1     = 1
)

// Snapshot implements op.Operator. The state is encoded at once, so what it
// returns only hands over bytes.
func (w *WindowAggregate) Snapshot() (op.WriteFunc, error) {
	groups := make(map[int][]byte)
	for _, s := range w.open {
		for kg, gs := range s.keyGroups() {
			buf := binary.LittleEndian.AppendUint64(groups[kg], uint64(s.end))
			buf = binary.AppendUvarint(buf, uint64(len(gs)))
			for _, g := range gs {
				buf = s.appendGroup(buf, g)
			}
			groups[kg] = buf
		}
	}
	le := binary.LittleEndian
	progress := le.AppendUint64(le.AppendUint64(nil, uint64(w.wm)), uint64(w.next))
	return func(out op.StateWriter) error {
		for kg := range op.DefaultMaxParallelism {
			if buf := groups[kg]; buf != nil {
				if err := out.Write(windowsPiece, kg, windowsV1, buf); err != nil {
					return err
				}
			}
		}
		return out.Write(progressPiece, op.AllGroups, windowsV1, progress)
	}, nil
}

// Restore implements op.Operator. Of several instances' watermarks the least
// counts: the others' rows are then not late where they were not before.
func (w *WindowAggregate) Restore(r op.StateReader) error {
	first := true
	err := r.Read(progressPiece, func(_, version int, data []byte) error {
		if version != windowsV1 || len(data) != 16 {
			return fmt.Errorf("snapshot of window state has unknown version %d", version)
		}
		wm, next := int64(binary.LittleEndian.Uint64(data)), int64(binary.LittleEndian.Uint64(data[8:]))
		if first || wm < w.wm {
			w.wm, w.next = wm, next
		}
		first = false
		return nil
	})
	if err != nil {
		return err
	}
	w.skipFired()
	return r.Read(windowsPiece, func(_, version int, data []byte) error {
		if version != windowsV1 {
			return fmt.Errorf("snapshot of window state has unknown version %d", version)
		}
		return w.restoreGroup(data)
	})
}

func (w *WindowAggregate) restoreGroup(data []byte) error {
	for len(data) > 0 {
		if len(data) < 9 {
			return fmt.Errorf("snapshot is damaged: window state is cut short")
		}
		s, err := w.slice(int64(binary.LittleEndian.Uint64(data)))
		if err != nil {
			return err
		}
		n, used := binary.Uvarint(data[8:])
		if used <= 0 {
			return fmt.Errorf("snapshot is damaged: window state is cut short")
		}
		data = data[8+used:]
		for range n {
			if _, data, err = s.readGroup(data); err != nil {
				return err
			}
		}
	}
	return nil
}
