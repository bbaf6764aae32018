package exec

import (
	"fmt"

	"weir/internal/engine/op"
)

// The pieces of a Join's state: the rows of each side in key groups, version 1
// (state.Rows.Encode).
var joinPieces = [2]string{"left", "right"}

const joinV1 = 1

// Snapshot implements op.Operator. The state is encoded at once, so what it
// returns only hands over bytes.
func (j *Join) Snapshot() (op.WriteFunc, error) {
	var sides [2]map[int][]byte
	for i, s := range j.side {
		sides[i] = s.rows.Encode(func(h uint64) int { return op.KeyGroup(h, op.DefaultMaxParallelism) })
	}
	return func(w op.StateWriter) error {
		for i, pieces := range sides {
			for kg := range op.DefaultMaxParallelism {
				if buf := pieces[kg]; buf != nil {
					if err := w.Write(joinPieces[i], kg, joinV1, buf); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}, nil
}

// Restore implements op.Operator.
func (j *Join) Restore(r op.StateReader) error {
	for i, s := range j.side {
		err := r.Read(joinPieces[i], func(_, version int, data []byte) error {
			if version != joinV1 {
				return fmt.Errorf("snapshot of a join's state has unknown version %d", version)
			}
			return s.rows.Decode(data)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
