// Package plan holds each optimiser rule to a plan that needs it.
//
// A file Rule.txt has statements, each ended by a semicolon, then a query, and
// behind "----" the plan that runs. The test compares it, and fails where the plan stays
// the same with the rule switched off: a rule that no longer fires is noticed. A rule
// without a file fails too. Plans are ours, read and judged by hand when they change;
// what they answer is held to Flink by test/logic and test/stream.
package plan
