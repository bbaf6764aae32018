// Package stream runs the streaming SQL scripts of testdata/*.slt: a job is
// started over test streams, rows are fed, and the changes that come out are
// compared with those written down.
//
// Each script is run in a matrix: 1, 3 and many rows a batch, 1 and 3 tasks an
// operator, with and without restarts from a savepoint at another parallelism
// after each feed. None of that may be seen in what comes out. Scripts say
// where their answers are from: the rules of Flink, or a recording of it.
//
// Nothing here waits for time to pass: a feed is read, then a savepoint is
// the barrier behind which everything fed has reached the sink.
//
// Lines: "stream NAME [splits=N]" and the columns up to an empty line; "set KEY
// VALUE"; "sql" and a statement to execute first; "run" and the query up to an empty line; "feed NAME [split=N]" and
// JSON lines; "restart par=N"; "end", which ends the streams. After feed and
// end, "----" is followed by the changes since the last one, in any order.
package stream
