// Package meta runs random queries over random streams, in random batches, with
// restarts at random points and parallelisms, and compares what their changes
// amount to, after every feed, with the answer of DuckDB to the same query over
// the rows fed so far.
//
// A case is made of its seed alone. The first that differs is made smaller (feeds,
// rows and restarts left out while it still differs) and printed as a script of
// test/stream, with the command that repeats it. META_CASES says how many cases
// are run, META_SEED which is the first.
//
// Two thirds of the cases are queries over tables that change, a third aggregates
// over windows of event time.
//
// Queries keep to what Flink and DuckDB mean alike: no division, no overflow, no
// order among equal rows. Integer literals, COUNT and SUM differ in type only,
// which the text of a row does not show.
package meta
