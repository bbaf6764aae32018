package exec

import (
	"fmt"

	"weir/internal/engine/op"
)

// The pieces of a Deduplicate's state: "slots" in key groups, version 1: each key,
// a byte that is 1 when its first row has been sent, and the row that is kept,
// if there is one, with its time; "progress", version 1, once an instance: the
// watermark.
const slotsPiece = "slots"

// Snapshot implements op.Operator. The state is encoded at once, so what it
// returns only hands over bytes.
func (d *Deduplicate) Snapshot() (op.WriteFunc, error) {
	pieces := map[int][]byte{}
	for kg, groups := range d.keyGroups() {
		var buf []byte
		for _, g := range groups {
			s := d.slots[g]
			if s.row < 0 && !s.sent { // its only rows were late
				continue
			}
			buf = d.appendGroup(buf, g)
			var kept []int32
			if s.row >= 0 {
				kept = append(kept, s.row)
			}
			sent := byte(0)
			if s.sent {
				sent = 1
			}
			buf = d.rows.encode(append(buf, sent), kept)
		}
		pieces[kg] = buf
	}
	return snapshotPieces(slotsPiece, pieces, d.wm), nil
}

// Restore implements op.Operator.
func (d *Deduplicate) Restore(r op.StateReader) error {
	wm, err := restoreProgress(r)
	if err != nil {
		return err
	}
	d.wm = wm
	return r.Read(slotsPiece, func(_, version int, data []byte) error {
		if version != overV1 {
			return fmt.Errorf("snapshot of a deduplication has unknown version %d", version)
		}
		for len(data) > 0 {
			g, rest, err := d.readGroup(data)
			if err != nil {
				return err
			}
			if len(rest) == 0 {
				return errShortRows
			}
			d.grow()
			s := &d.slots[g]
			s.sent = rest[0] == 1
			data, err = d.rows.decode(rest[1:], func(row int32) {
				s.row = row
				if d.waits() {
					d.timers.push(timer{d.rows.times[row], int32(g), row})
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
