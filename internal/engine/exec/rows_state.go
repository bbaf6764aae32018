package exec

import (
	"fmt"

	"weir/internal/engine/op"
	"weir/internal/engine/state"
)

const rowsV1 = 1

// snapshotRows freezes tables of rows, each a piece of its name in key groups,
// version 1 (state.Rows.Encode). The state is encoded at once, so what it
// returns only hands over bytes.
func snapshotRows(names []string, tables ...*state.Rows) op.WriteFunc {
	frozen := make([]map[int][]byte, len(tables))
	for i, t := range tables {
		frozen[i] = t.Encode(func(h uint64) int { return op.KeyGroup(h, op.DefaultMaxParallelism) })
	}
	return func(w op.StateWriter) error {
		for i, pieces := range frozen {
			for kg := range op.DefaultMaxParallelism {
				if buf := pieces[kg]; buf != nil {
					if err := w.Write(names[i], kg, rowsV1, buf); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
}

// restoreRows adds what snapshotRows wrote under a name to a table.
func restoreRows(r op.StateReader, name string, t *state.Rows) error {
	return r.Read(name, func(_, version int, data []byte) error {
		if version != rowsV1 {
			return fmt.Errorf("snapshot of rows has unknown version %d", version)
		}
		return t.Decode(data)
	})
}

// joinPieces are the names of the rows of a Join's sides.
var joinPieces = []string{"left", "right"}

// Snapshot implements op.Operator.
func (j *Join) Snapshot() (op.WriteFunc, error) {
	return snapshotRows(joinPieces, j.side[0].rows, j.side[1].rows), nil
}

// Restore implements op.Operator.
func (j *Join) Restore(r op.StateReader) error {
	for i, s := range j.side {
		if err := restoreRows(r, joinPieces[i], s.rows); err != nil {
			return err
		}
	}
	return nil
}

// rankPiece is the name of the rows of a Rank.
const rankPiece = "rows"

// Snapshot implements op.Operator.
func (r *Rank) Snapshot() (op.WriteFunc, error) {
	return snapshotRows([]string{rankPiece}, r.rows), nil
}

// Restore implements op.Operator.
func (r *Rank) Restore(s op.StateReader) error { return restoreRows(s, rankPiece, r.rows) }
