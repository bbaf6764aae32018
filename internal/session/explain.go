package session

import (
	"context"
	"encoding/json"
	"strings"

	"weir/internal/engine/op"
	"weir/internal/engine/run"
	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
)

// explain prints the plans of a statement under Flink's headings: the tree as
// bound, as improved, and as it runs. The statement is made ready as if it were
// to run, so that EXPLAIN finds every mistake that the statement would.
func (s *Session) explain(ctx context.Context, e *ast.Explain) (*Result, error) {
	details := map[string]bool{}
	for _, d := range e.Details {
		details[d] = true
	}
	bound, err := s.explained(e, e.Stmt)
	if err != nil {
		return nil, err
	}
	var optimized []plan.Node
	for _, n := range bound {
		o, err := s.optimize(n)
		if err != nil {
			return nil, err
		}
		optimized = append(optimized, o)
	}
	g, err := s.graph(ctx, optimized)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("== Abstract Syntax Tree ==\n" + trees(bound, false))
	if details["PLAN_ADVICE"] {
		b.WriteString("\n== Optimized Physical Plan With Advice ==\n" + trees(optimized, details["CHANGELOG_MODE"]) + "\nNo available advice...\n")
	} else {
		b.WriteString("\n== Optimized Physical Plan ==\n" + trees(optimized, details["CHANGELOG_MODE"]))
	}
	if details["ESTIMATED_COST"] {
		b.WriteString("\nWeir plans by rules and estimates no costs.\n")
	}
	b.WriteString("\n== Optimized Execution Plan ==\n" + trees(optimized, false))
	if details["JSON_EXECUTION_PLAN"] {
		text, err := graphText(g)
		if err != nil {
			return nil, err
		}
		b.WriteString("\n== Physical Execution Plan ==\n" + text)
	}
	return rowsOf("result", []string{b.String()}), nil
}

// explained binds what EXPLAIN is about.
func (s *Session) explained(e *ast.Explain, stmt ast.Statement) ([]plan.Node, error) {
	switch st := stmt.(type) {
	case *ast.Execute:
		return s.explained(e, st.Stmt)
	case ast.Query:
		n, err := s.binder().Query(st)
		if err != nil {
			return nil, err
		}
		return []plan.Node{&plan.Collect{Input: n}}, nil
	case *ast.Insert:
		n, err := s.binder().Insert(st)
		return []plan.Node{n}, err
	case *ast.StatementSet:
		var all []plan.Node
		for _, i := range st.Inserts {
			n, err := s.binder().Insert(i)
			if err != nil {
				return nil, err
			}
			all = append(all, n)
		}
		return all, nil
	case *ast.CreateTable:
		if st.As != nil {
			n, err := s.bindTableAs(st)
			return []plan.Node{n}, err
		}
	}
	return nil, invalid(e, "explain", "EXPLAIN takes a query, an INSERT, CREATE TABLE AS or a statement set")
}

// graph is the job that plans would make.
func (s *Session) graph(ctx context.Context, roots []plan.Node) (*run.Graph, error) {
	env, err := s.fnEnv()
	if err != nil {
		return nil, err
	}
	conf, err := s.jobConfig()
	if err != nil {
		return nil, err
	}
	return s.builder(env, conf, func() op.Operator { return &collect{} }).Build(ctx, "explain", roots)
}

func trees(ns []plan.Node, changelog bool) string {
	var b strings.Builder
	for _, n := range ns {
		if c, ok := n.(*plan.Collect); ok {
			n = c.Input
		}
		b.WriteString(plan.Explain(n, changelog))
	}
	return b.String()
}

// graphNode is a vertex of a job as Flink's JSON plan has it.
type graphNode struct {
	ID           int         `json:"id"`
	Type         string      `json:"type"`
	Pact         string      `json:"pact"`
	Contents     string      `json:"contents"`
	Parallelism  int         `json:"parallelism"`
	Predecessors []graphEdge `json:"predecessors,omitempty"`
}

type graphEdge struct {
	ID           int    `json:"id"`
	ShipStrategy string `json:"ship_strategy"`
	Side         string `json:"side"`
}

func graphText(g *run.Graph) (string, error) {
	nodes := []graphNode{}
	for i, v := range g.Vertices {
		n := graphNode{ID: i + 1, Type: v.Name, Pact: "Operator", Contents: v.Name, Parallelism: v.Parallelism}
		if v.Source != nil {
			n.Pact = "Data Source"
		}
		for _, e := range v.Inputs {
			ship := "FORWARD"
			if e.Keys != nil {
				ship = "HASH"
			}
			n.Predecessors = append(n.Predecessors, graphEdge{ID: e.From + 1, ShipStrategy: ship, Side: [2]string{"first", "second"}[e.Input&1]})
		}
		nodes = append(nodes, n)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(map[string]any{"nodes": nodes})
	return b.String(), err
}
