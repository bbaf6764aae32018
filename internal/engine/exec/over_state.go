package exec

import (
	"encoding/binary"
	"fmt"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
)

// The pieces of an Over's state: "over" in key groups, version 1: for each
// partition its key and accumulators, when it last fired and when it is
// forgotten, then the number of the rows of its frame, and these, each with its
// time, and likewise the rows that wait. "progress", version 1, once an
// instance: the watermark.
const (
	overPiece = "over"
	overV1    = 1
)

// Snapshot implements op.Operator. The state is encoded at once, so what it
// returns only hands over bytes.
func (o *Over) Snapshot() (op.WriteFunc, error) {
	waiting := make([][]int32, len(o.parts))
	o.timers.sort()
	for _, t := range o.timers {
		if t.row >= 0 {
			waiting[t.group] = append(waiting[t.group], t.row)
		}
	}
	pieces := map[int][]byte{}
	for kg, groups := range o.keyGroups() {
		var buf []byte
		for _, g := range groups {
			p := &o.parts[g]
			if !p.used {
				continue
			}
			buf = o.appendGroup(buf, g)
			buf = binary.AppendVarint(binary.AppendVarint(buf, p.last), p.forget)
			buf = o.rows.encode(o.rows.encode(buf, p.frame), waiting[g])
		}
		pieces[kg] = buf
	}
	return snapshotPieces(overPiece, pieces, o.wm), nil
}

// snapshotPieces writes the pieces of key groups under a name, and the watermark.
func snapshotPieces(name string, pieces map[int][]byte, wm int64) op.WriteFunc {
	return func(w op.StateWriter) error {
		for kg := range op.DefaultMaxParallelism {
			if buf := pieces[kg]; len(buf) > 0 {
				if err := w.Write(name, kg, overV1, buf); err != nil {
					return err
				}
			}
		}
		return w.Write(progressPiece, op.AllGroups, overV1, binary.LittleEndian.AppendUint64(nil, uint64(wm)))
	}
}

// Restore implements op.Operator.
func (o *Over) Restore(r op.StateReader) error {
	wm, err := restoreProgress(r)
	if err != nil {
		return err
	}
	o.wm = wm
	return r.Read(overPiece, func(_, version int, data []byte) error {
		if version != overV1 {
			return fmt.Errorf("snapshot of an OVER window has unknown version %d", version)
		}
		for len(data) > 0 {
			g, rest, err := o.readGroup(data)
			if err != nil {
				return err
			}
			if data, err = o.restorePart(int32(g), rest); err != nil {
				return err
			}
		}
		return nil
	})
}

// restoreProgress is the least watermark of the instances that wrote the state:
// the others' rows are then not late where they were not before.
func restoreProgress(r op.StateReader) (int64, error) {
	wm, first := int64(op.MinWatermark), true
	err := r.Read(progressPiece, func(_, version int, data []byte) error {
		if version != overV1 || len(data) != 8 {
			return fmt.Errorf("snapshot of a watermark has unknown version %d", version)
		}
		if x := int64(binary.LittleEndian.Uint64(data)); first || x < wm {
			wm = x
		}
		first = false
		return nil
	})
	return wm, err
}

func (o *Over) restorePart(g int32, data []byte) ([]byte, error) {
	o.grow()
	o.use(g)
	p := &o.parts[g]
	for _, x := range []*int64{&p.last, &p.forget} {
		v, w := binary.Varint(data)
		if w <= 0 {
			return nil, errShortRows
		}
		*x, data = v, data[w:]
	}
	data, err := o.rows.decode(data, func(row int32) { p.frame = append(p.frame, row) })
	if err != nil {
		return nil, err
	}
	if p.forget != 0 {
		o.timers.push(timer{p.forget, g, -1})
	}
	return o.rows.decode(data, func(row int32) { o.timers.push(timer{o.rows.times[row], g, row}) })
}

// encode appends how many the rows are, and each with its time.
func (r *keptRows) encode(buf []byte, rows []int32) []byte {
	buf = binary.AppendUvarint(buf, uint64(len(rows)))
	for _, row := range rows {
		buf = binary.AppendVarint(buf, r.times[row])
		for _, v := range r.cols {
			buf = state.AppendValue(buf, v, int(row))
		}
	}
	return buf
}

// decode adds the rows that encode wrote and tells f their numbers; it returns
// what follows them.
func (r *keptRows) decode(data []byte, f func(row int32)) ([]byte, error) {
	n, w := binary.Uvarint(data)
	if w <= 0 {
		return nil, errShortRows
	}
	data = data[w:]
	for range n {
		ts, w := binary.Varint(data)
		if w <= 0 {
			return nil, errShortRows
		}
		data = data[w:]
		one := batch.New(r.fields, 1)
		var err error
		for _, v := range one.Cols {
			if data, err = state.ReadValue(data, v); err != nil {
				return nil, err
			}
		}
		f(r.add(one.Cols, 0, ts))
	}
	return data, nil
}

var errShortRows = fmt.Errorf("snapshot is damaged: the rows of a partition are cut short")
