// Package opt has the rules that make a logical plan better, one a file.
//
// Vocabulary. A rule maps a node to an equal one, or leaves it. Optimize
// applies each rule, in order, to every node, inputs first, until nothing
// changes.
//
// A rule must not change what a query means, its schema, or its changelog.
// Rules see plans only; constants are folded by the function that session
// passes in.
package opt

import (
	"fmt"

	"weir/internal/sql/plan"
)

// Rule rewrites one node; it returns its argument when it does not apply.
type Rule struct {
	Name  string
	Apply func(n plan.Node) plan.Node
}

// Fold computes an expression without columns; ok is false when it cannot or
// must not be computed now.
type Fold func(e plan.Expr) (lit plan.Expr, ok bool)

// Rules are the rules, in order.
func Rules(fold Fold) []Rule {
	return []Rule{
		foldConstants(fold),
		mergeCalcs,
		dropIdentityCalc,
		filterIntoJoin,
		pushJoinCondition,
		joinKeys,
		pruneJoinInput,
		rankFromOver,
		rankNumberColumnRemove,
		windowRankFromRank,
		deduplicateFromRank,
		windowAggregateFromTVF,
		pruneCorrelate,
		pushProjectIntoScan,
	}
}

// maxPasses bounds the passes over a plan; a plan that still changes then is a
// bug in a rule.
const maxPasses = 20

// Optimize applies the rules to the plan under root. fired, when not nil, is
// told the name of each rule that changed something.
func Optimize(root plan.Node, rules []Rule, fired func(rule string)) (plan.Node, error) {
	for range maxPasses {
		changed := false
		for _, r := range rules {
			root = plan.Transform(root, func(n plan.Node) plan.Node {
				m := r.Apply(n)
				if m != n {
					changed = true
					if fired != nil {
						fired(r.Name)
					}
				}
				return m
			})
		}
		if !changed {
			return root, nil
		}
	}
	return nil, fmt.Errorf("the optimiser does not come to rest on\n%s", plan.Explain(root, false))
}
