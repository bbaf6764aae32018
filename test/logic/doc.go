// Package logic runs test/logic/**/*.slt: bounded queries and expressions with
// the answers that a real Apache Flink gave.
//
// Each file is run in a matrix: 1 and 3 tasks an operator, and without the
// optimiser rules that a plan can do without. None of that may be seen in an
// answer. The first line tells which Flink answered, and when; `make
// flink-record` asks it for what is missing. To add a case, write it without its
// answer and run that; `make flink-record ARGS="--again FILE"` asks anew
// and prints what is different. An answer is never written by hand.
//
// Functions have a file a family in fn/; the rest is here.
//
// # The dialect
//
// sqllogictest's, as far as it goes. Blocks stand between empty lines; a line that
// begins with # is a comment.
//
//	statement
//	CREATE VIEW v AS SELECT …         must succeed
//
//	file NAME                          a file; $DIR is its folder
//	{"a": 1}
//
//	query                              the rows when it has ended: changes are applied,
//	SELECT a, COUNT(*) …               rows sorted as text, cells as Flink's client prints them
//	----
//	1 | 2
//
//	expr                               an expression a line and its type and value; they may have
//	1 + 1  =>  INT  2                  columns: expr FROM (VALUES (1)) AS t(a)
//	1 / 0  =>  ERROR Division by zero
//
// ERROR is followed by the message of Flink's root cause. Ours must have
// it in it; where ours says the same in other words the line has, by hand, ERROR* and
// only that it fails is compared. Types are compared without the outer NOT NULL.
//
// Where we are known to answer otherwise the line goes on with what we answer:
//
//	1 / i  =>  ERROR Division by zero  ##  Weir: ERROR / by zero
//
// Such a note is a debt or a decision, and the test fails when it is no longer true.
package logic
