// Package exec has the operators, one a file, each the runtime of one plan
// node. Their contract is package op's; engine/build makes them of plans.
//
// An operator is single-threaded, columnar, and knows nothing of SQL text,
// connectors' insides or AWS. Its state is its own; engine/state has the
// tables, kernel the accumulators.
package exec
