// Package run runs a job: its tasks, the exchanges between them, checkpoints,
// and restarts.
//
// Vocabulary. A Graph is a job as vertices: a Vertex is a chain of operators
// run by Parallelism tasks, its first one a source or fed by exchanges. A task
// is one goroutine. An attempt is one run of all tasks, from a checkpoint or
// from nothing; a failed attempt is followed by another as the restart
// strategy says.
//
// # A checkpoint
//
// The coordinator sends a trigger to every source task, in the same queue as
// the splits it assigns, so that the enumerator's state and the readers'
// positions agree. A source task freezes its chain's state and its positions
// and sends a barrier down every exchange. A task that has received the
// barrier on all its channels (those it has it from wait: aligned) freezes its
// state and passes the barrier on. Frozen state is written by another
// goroutine. When every task's is durable the manifest is written, and then,
// and only then, the sinks commit what they had prepared.
//
// Invariants. No batch crosses a goroutine without its owner giving it up. An
// operator is touched by its task's goroutine only. All tasks of an attempt
// have ended before the next begins.
//
// It knows nothing of SQL, and of connectors only their contract.
package run

import (
	"context"

	"weir/internal/connector"
	"weir/internal/engine/op"
	"weir/internal/errs"
	"weir/internal/obs"
	"weir/internal/types"
)

// Graph is a job ready to run.
type Graph struct {
	Name     string
	Program  string    // digest of what it was made from, for the manifest
	Plan     string    // as EXPLAIN prints it
	Vertices []*Vertex // every vertex after those that feed it
	Sinks    []*Sink
}

// Vertex is a chain of operators run by Parallelism tasks.
type Vertex struct {
	ID          string // hex, stable for the same plan
	Name        string // "Source: input_table[1] -> Calc[2]"
	Parallelism int
	Source      *Source // nil: fed by Inputs
	Inputs      []Edge
	// NewChain makes the operators of one task.
	NewChain func() ([]Step, error)
	// Out are the columns sent to the vertices this one feeds.
	Out []types.Field
}

// Step is an operator of a chain.
type Step struct {
	Name     string
	Identity string // under which its state is kept; "" for none
	Op       op.Operator
}

// Edge is an exchange from another vertex.
type Edge struct {
	From int // index of the vertex
	// Input of the operator behind that takes the rows: 0, or 1 for the right
	// side of a join.
	Input int
	// Keys are the columns whose hash decides the receiver; nil sends all of a
	// task's rows to the task of the same index (modulo the receivers). The
	// receivers must not be more than the senders then: some would have no input.
	Keys []int
}

// check refuses a graph that cannot be run.
func (g *Graph) check() error {
	for _, v := range g.Vertices {
		for _, e := range v.Inputs {
			if from := g.Vertices[e.From]; e.Keys == nil && from.Parallelism < v.Parallelism {
				return errs.New(errs.Bug, "graph.by-position",
					"%s has parallelism %d and is fed by position from %s, which has %d: some of its tasks would have no input. Rows must go by key here.",
					v.Name, v.Parallelism, from.Name, from.Parallelism)
			}
		}
	}
	return nil
}

// Source is what a source vertex reads.
type Source struct {
	Identity string
	Source   connector.Source
	Fields   []types.Field
}

// Sink is a sink's second phase.
type Sink struct {
	Identity string
	Sink     connector.Sink
}

// Prepared is implemented by the operator at the end of a chain that writes to
// a sink: what its last Snapshot or Finish has prepared.
type Prepared interface {
	// TakePrepared returns the sink's identity, what is ready to commit (once),
	// and the watermark the writer has seen.
	TakePrepared() (identity string, cs []connector.Committable, watermark int64)
}

// Opener makes what an operator needs when a task starts.
type Opener interface {
	OpenTask(ctx context.Context, index, parallelism int, scope obs.Scope) error
}

// tasks is the number of tasks of g.
func (g *Graph) tasks() int {
	n := 0
	for _, v := range g.Vertices {
		n += v.Parallelism
	}
	return n
}

// identities are all under which g keeps state.
func (g *Graph) identities() (map[string]bool, error) {
	ids := map[string]bool{}
	for _, v := range g.Vertices {
		if v.Source != nil {
			ids[v.Source.Identity] = true
		}
		steps, err := v.NewChain()
		if err != nil {
			return nil, err
		}
		for _, s := range steps {
			ids[s.Identity] = true
			if err := s.Op.Close(); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range g.Sinks {
		ids[s.Identity] = true
	}
	return ids, nil
}
