// Package build turns a logical plan into a graph of operators: the one switch
// over plan nodes.
//
// It decides where a job is cut: at a source, and where rows must be brought
// together by key or from several inputs. With parallelism 1 nothing is
// exchanged by key, so a query over one table is one task. What has no operator
// yet is refused here, in one place, before anything starts.
package build

import (
	"context"
	"fmt"
	"strings"
	"time"

	"weir/internal/connector"
	"weir/internal/engine/exec"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/engine/run"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Builder builds graphs for one session.
type Builder struct {
	Connectors map[string]*connector.Factory
	Formats    map[string]*format.Format
	Env        *connector.Env
	FnEnv      *fn.Env
	Python     expr.Python
	// Config is the session's configuration.
	Config      map[string]string
	Profile     string
	Parallelism int
	Watermarks  exec.WatermarkOptions
	// Collect makes the operator that hands a query's rows to the client.
	Collect func() op.Operator
}

// Build makes the graph of some plans whose roots are Sinks or a Collect.
func (b *Builder) Build(ctx context.Context, name string, roots []plan.Node) (*run.Graph, error) {
	g := &graph{Builder: b, ctx: ctx, g: &run.Graph{Name: name}, ordinals: map[string]int{}}
	var plans []string
	for _, r := range roots {
		s, err := g.stream(r)
		if err != nil {
			return nil, err
		}
		g.end(s)
		plans = append(plans, plan.Explain(r, false))
	}
	g.g.Plan = strings.Join(plans, "\n")
	return g.g, nil
}

// graph is a graph being built.
type graph struct {
	*Builder
	ctx      context.Context
	g        *run.Graph
	ordinals map[string]int // of equal identities
	number   int            // of the next operator, for names
}

// stream is the end of a chain being built.
type stream struct {
	vertex *run.Vertex
	index  int
	makers []func() (run.Step, error)
	names  []string
	fields []types.Field
}

// step appends an operator. make is called once for each task.
func (g *graph) step(s *stream, n plan.Node, kind string, stateful bool, make func() (op.Operator, error)) *stream {
	g.number++
	name := fmt.Sprintf("%s[%d]", kind, g.number)
	identity := ""
	if stateful {
		identity = g.unique(plan.Identity(n))
	}
	s.names = append(s.names, name)
	s.makers = append(s.makers, func() (run.Step, error) {
		o, err := make()
		if err != nil {
			return run.Step{}, fmt.Errorf("%s: %w", name, err)
		}
		return run.Step{Name: name, Identity: identity, Op: o}, nil
	})
	s.fields = n.Schema()
	return s
}

// unique tells equal identities apart by their order.
func (g *graph) unique(id string) string {
	n := g.ordinals[id]
	g.ordinals[id]++
	if n == 0 {
		return id
	}
	return fmt.Sprintf("%s#%d", id, n)
}

// vertex starts a new chain.
func (g *graph) vertex(parallelism int, fields []types.Field) *stream {
	v := &run.Vertex{Parallelism: parallelism}
	g.g.Vertices = append(g.g.Vertices, v)
	return &stream{vertex: v, index: len(g.g.Vertices) - 1, fields: fields}
}

// end closes a chain: its vertex is complete.
func (g *graph) end(s *stream) {
	v := s.vertex
	v.Name, v.Out = strings.Join(s.names, " -> "), s.fields
	v.ID = vertexID(s.index, v.Name)
	makers := s.makers
	v.NewChain = func() ([]run.Step, error) {
		steps := make([]run.Step, len(makers))
		for i, m := range makers {
			var err error
			if steps[i], err = m(); err != nil {
				return nil, err
			}
		}
		return steps, nil
	}
}

// exchange ends the chain of s and starts one behind it, fed by key.
func (g *graph) exchange(s *stream, keys []int, parallelism int) *stream {
	g.end(s)
	t := g.vertex(parallelism, s.fields)
	t.vertex.Inputs = []run.Edge{{From: s.index, Keys: keys}}
	return t
}

// stream builds the operators of n and of all below it.
func (g *graph) stream(n plan.Node) (*stream, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return g.scan(n)
	case *plan.Values:
		return g.values(n)
	case *plan.Union:
		return g.union(n)
	case *plan.Join:
		return g.join(n)
	}
	s, err := g.stream(n.Children()[0])
	if err != nil {
		return nil, err
	}
	switch n := n.(type) {
	case *plan.Calc:
		return g.step(s, n, "Calc", false, func() (op.Operator, error) { return exec.NewCalc(n, g.compiler()) }), nil
	case *plan.Correlate:
		return g.step(s, n, "Correlate", false, func() (op.Operator, error) { return exec.NewCorrelate(n, g.compiler()) }), nil
	case *plan.Expand:
		return g.step(s, n, "Expand", false, func() (op.Operator, error) { return exec.NewExpand(n), nil }), nil
	case *plan.WatermarkAssigner:
		return g.step(s, n, "WatermarkAssigner", true, func() (op.Operator, error) {
			return exec.NewWatermarkAssigner(n, g.compiler(), g.watermarkOptions(n))
		}), nil
	case *plan.WindowTVF:
		return g.step(s, n, "WindowTableFunction", false, func() (op.Operator, error) { return exec.NewWindowTVF(n, g.FnEnv.Zone) }), nil
	case *plan.WindowAggregate:
		return g.windowAggregate(s, n)
	case *plan.Aggregate:
		return g.groupAggregate(s, n)
	case *plan.Rank:
		return g.step(g.byKey(s, n.Partition), n, "Rank", true, func() (op.Operator, error) { return exec.NewRank(n), nil }), nil
	case *plan.Deduplicate:
		return g.step(g.byKey(s, n.Key), n, "Deduplicate", true, func() (op.Operator, error) { return exec.NewDeduplicate(n), nil }), nil
	case *plan.TemporalSort:
		return g.temporalSort(s, n)
	case *plan.WindowRank:
		keys := append([]int{n.Start, n.End}, n.Partition...)
		return g.step(g.byKey(s, keys), n, "WindowRank", true, func() (op.Operator, error) { return exec.NewWindowRank(n, g.FnEnv.Zone), nil }), nil
	case *plan.Over:
		return g.over(s, n)
	case *plan.Limit:
		if s.vertex.Parallelism > 1 {
			s = g.exchange(s, []int{}, 1)
		}
		return g.step(s, n, "Limit", true, func() (op.Operator, error) { return exec.NewLimit(n), nil }), nil
	case *plan.Sink:
		return g.sink(s, n)
	case *plan.Collect:
		return g.step(s, n, "Collect", false, func() (op.Operator, error) { return g.Collect(), nil }), nil
	}
	return nil, errs.New(errs.Bug, "plan.operator", "no operator for %s", n.Describe())
}

// compiler makes the expression compiler of one operator instance.
func (g *graph) compiler() *expr.Compiler { return &expr.Compiler{Env: g.FnEnv, Python: g.Python} }

func (g *graph) windowAggregate(s *stream, n *plan.WindowAggregate) (*stream, error) {
	if _, err := exec.NewWindowAggregate(n, g.FnEnv.Zone); err != nil {
		return nil, errs.New(errs.Unsupported, "plan.window", "%v", err)
	}
	return g.step(g.byKey(s, n.Keys), n, "WindowAggregate", true, func() (op.Operator, error) { return exec.NewWindowAggregate(n, g.FnEnv.Zone) }), nil
}

func (g *graph) groupAggregate(s *stream, n *plan.Aggregate) (*stream, error) {
	if _, err := exec.NewGroupAggregate(n); err != nil {
		return nil, errs.New(errs.Unsupported, "plan.group-by", "%v", err).At(n.At)
	}
	return g.step(g.byKey(s, n.Keys), n, "GroupAggregate", true, func() (op.Operator, error) { return exec.NewGroupAggregate(n) }), nil
}

// byKey brings the rows of s together by the columns keys; all rows when there
// are none.
func (g *graph) byKey(s *stream, keys []int) *stream {
	if s.vertex.Parallelism == 1 && len(s.vertex.Inputs) <= 1 {
		return s
	}
	if len(keys) == 0 {
		return g.exchange(s, []int{}, 1)
	}
	return g.exchange(s, keys, g.Parallelism)
}

// union starts a vertex fed by every input.
func (g *graph) union(n *plan.Union) (*stream, error) {
	t := &stream{}
	var edges []run.Edge
	for _, in := range n.Inputs {
		s, err := g.stream(in)
		if err != nil {
			return nil, err
		}
		g.end(s)
		e := run.Edge{From: s.index}
		if s.vertex.Parallelism != g.Parallelism {
			e.Keys = allColumns(in)
		}
		edges = append(edges, e)
	}
	t = g.vertex(g.Parallelism, n.Schema())
	t.vertex.Inputs = edges
	return g.step(t, n, "Union", false, func() (op.Operator, error) { return exec.NewPass(), nil }), nil
}

// join starts a vertex fed by both sides, by key.
func (g *graph) join(n *plan.Join) (*stream, error) {
	keys, p := [][]int{n.LeftKeys, n.RightKeys}, g.Parallelism
	switch {
	case len(n.LeftKeys) == 0 && n.Singly:
		keys, p = [][]int{{}, {}}, 1
	case len(n.LeftKeys) == 0:
		return nil, errs.New(errs.Unsupported, "plan.join", "a join without an equality between the two sides is not supported").At(n.At).
			WithHint("compare a column of one side with one of the other by '=' in ON or WHERE")
	}
	var edges []run.Edge
	for i, in := range n.Children() {
		s, err := g.stream(in)
		if err != nil {
			return nil, err
		}
		g.end(s)
		edges = append(edges, run.Edge{From: s.index, Input: i, Keys: keys[i]})
	}
	t := g.vertex(p, n.Schema())
	t.vertex.Inputs = edges
	return g.step(t, n, "Join", true, func() (op.Operator, error) { return exec.NewJoin(n, g.compiler()) }), nil
}

func allColumns(n plan.Node) []int {
	cols := make([]int, len(n.Schema()))
	for i := range cols {
		cols[i] = i
	}
	return cols
}

// watermarkOptions are the session's, with what the source's table says.
func (g *graph) watermarkOptions(n *plan.WatermarkAssigner) exec.WatermarkOptions {
	o := g.Watermarks
	plan.Walk(n, func(m plan.Node) {
		if s, ok := m.(*plan.Scan); ok {
			if d, err := time.ParseDuration(s.Options["scan.shard.idle.interval"] + "ms"); err == nil && d > 0 {
				o.IdleTimeout = d.Milliseconds()
			}
		}
	})
	return o
}
