package exec

import (
	"encoding/binary"
	"fmt"

	"weir/internal/engine/op"
)

// The piece of a GroupAggregate's state: "groups" in key groups, version 1: for
// each group the number of its rows, its key and its accumulators.
const (
	groupsPiece = "groups"
	groupsV1    = 1
)

// Snapshot implements op.Operator. The state is encoded at once, so what it
// returns only hands over bytes.
func (g *GroupAggregate) Snapshot() (op.WriteFunc, error) {
	pieces := map[int][]byte{}
	for kg, gs := range g.keyGroups() {
		var buf []byte
		for _, at := range gs {
			if g.rows[at] == 0 {
				continue
			}
			buf = g.appendGroup(binary.AppendVarint(buf, g.rows[at]), at)
		}
		pieces[kg] = buf
	}
	return func(w op.StateWriter) error {
		for kg := range op.DefaultMaxParallelism {
			if buf := pieces[kg]; len(buf) > 0 {
				if err := w.Write(groupsPiece, kg, groupsV1, buf); err != nil {
					return err
				}
			}
		}
		return nil
	}, nil
}

// Restore implements op.Operator.
func (g *GroupAggregate) Restore(r op.StateReader) error {
	return r.Read(groupsPiece, func(_, version int, data []byte) error {
		if version != groupsV1 {
			return fmt.Errorf("snapshot of group state has unknown version %d", version)
		}
		for len(data) > 0 {
			n, w := binary.Varint(data)
			if w <= 0 || n <= 0 {
				return fmt.Errorf("snapshot is damaged: group state is cut short")
			}
			at, rest, err := g.readGroup(data[w:])
			if err != nil {
				return err
			}
			g.grow()
			g.rows[at], data = n, rest
			g.dead--
		}
		return nil
	})
}
