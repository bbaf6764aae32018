// Package lint holds the house rules as tests, so that a rule is a failing
// check with its remedy and not a page nobody reads.
//
// Vocabulary. An edge is one package's import of another; the policy
// (deps.txt) says which edges may be, and a boundary forbids some of those
// again, with the reason. An exception is one line of exceptions.txt: the rule,
// the place, the date and why; one that is no longer needed fails, so that the
// list only shrinks.
//
// Invariants. The tests read source text only: they need no build and no
// network, and look at every Go file of the tree but generated (zz_*.go) ones
// and testdata. The package must not hold anything a program imports.
package lint
