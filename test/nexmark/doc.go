// Package nexmark runs the queries of the Nexmark benchmark over a million
// events of its generator and compares their results with those of Flink 2.3.0.
//
// queries/*.sql say what the public benchmark computes, in our own words; the
// second line of each is the number of rows and the SHA-256 of the result of the
// published query over the same events. A result is what is left when all changes are
// applied: each row a JSON array, the rows sorted, a line feed after each. q1 and q14
// have the number of rows alone: in which form the recording has their DECIMALs is
// not known. A query that Weir refuses says so in its third line.
package nexmark
