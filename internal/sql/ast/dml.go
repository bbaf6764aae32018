package ast

// Insert is INSERT INTO|OVERWRITE table [PARTITION (…)] [(columns)] query.
type Insert struct {
	At
	Overwrite  bool
	Table      Name
	Hints      []Hint
	Partition  []PartitionItem
	Columns    []Name // more than one part names a ROW's field
	Query      Query
	OnConflict string // "", NOTHING, ERROR, DEDUPLICATE
}

// StatementSet is STATEMENT SET BEGIN insert; … END, run as one job; what
// EXECUTE, EXPLAIN and COMPILE PLAN take.
type StatementSet struct {
	At
	Inserts []*Insert
}

// Execute is EXECUTE statement: an insert, a query or a statement set.
type Execute struct {
	At
	Stmt Statement
}

// BeginStatementSet is BEGIN STATEMENT SET; the inserts after it wait for End.
type BeginStatementSet struct{ At }

// End is END, which runs the statement set begun before.
type End struct{ At }

// Update is UPDATE table SET … [WHERE …].
type Update struct {
	At
	Table Name
	Alias Ident
	Set   []Assignment
	Where Expr
}

// Assignment is column = value of Update.
type Assignment struct {
	At
	Column Name
	Value  Expr
}

// Delete is DELETE FROM table [WHERE …].
type Delete struct {
	At
	Table Name
	Alias Ident
	Where Expr
}

// Truncate is TRUNCATE TABLE name.
type Truncate struct {
	At
	Table Name
}

// CallProcedure is CALL procedure(…).
type CallProcedure struct {
	At
	Call *Call
}

// Analyze is ANALYZE TABLE name [PARTITION (…)] COMPUTE STATISTICS [FOR …].
type Analyze struct {
	At
	Table      Name
	Partition  []PartitionItem
	Columns    []Ident
	AllColumns bool
}

func (*Insert) statement()            {}
func (*StatementSet) statement()      {}
func (*Execute) statement()           {}
func (*BeginStatementSet) statement() {}
func (*End) statement()               {}
func (*Update) statement()            {}
func (*Delete) statement()            {}
func (*Truncate) statement()          {}
func (*CallProcedure) statement()     {}
func (*Analyze) statement()           {}
