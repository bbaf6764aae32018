package ast

// Explain is EXPLAIN [PLAN FOR | AST FOR | details] statement.
type Explain struct {
	At
	Form    string   // "", PLAN, AST (the word before FOR)
	Details []string // ESTIMATED_COST, CHANGELOG_MODE, JSON_EXECUTION_PLAN, PLAN_ADVICE
	Stmt    Statement
}

// CompilePlan is COMPILE [AND EXECUTE] PLAN 'file' [IF NOT EXISTS] FOR statement.
type CompilePlan struct {
	At
	Execute     bool
	IfNotExists bool
	Path        string
	Stmt        Statement // *Insert or *StatementSet
}

// ExecutePlan is EXECUTE PLAN 'file'.
type ExecutePlan struct {
	At
	Path string
}

// Show is SHOW of any kind.
type Show struct {
	At
	// What is the keywords between SHOW and the rest: "TABLES", "CURRENT
	// CATALOG", "CREATE TABLE", "COLUMNS", "FULL MODULES", "USER FUNCTIONS" …
	What string
	// Name is the object of CREATE x, COLUMNS, PARTITIONS; otherwise the
	// catalog or database after FROM or IN.
	Name      Name
	Prep      string          // "", FROM or IN, as written before Name
	Partition []PartitionItem // SHOW PARTITIONS t PARTITION (…)
	Not       bool
	Like      string  // "", LIKE, ILIKE
	Pattern   *String // after Like
}

// Describe is DESCRIBE|DESC [kind] [EXTENDED] name.
type Describe struct {
	At
	What     ObjectKind
	Extended bool
	Name     Name
	Job      *String // DESCRIBE JOB 'id'
}

// Use is USE [CATALOG] name.
type Use struct {
	At
	What ObjectKind // CatalogObject or DatabaseObject
	Name Name
}

// UseModules is USE MODULES a, b.
type UseModules struct {
	At
	Modules []Ident
}

// Set is SET, or SET 'key' = 'value'.
type Set struct {
	At
	Key, Value *String // nil for SET alone
}

// Reset is RESET, or RESET 'key'.
type Reset struct {
	At
	Key *String // nil for RESET alone
}

// Jar is ADD JAR 'path' or REMOVE JAR 'path'.
type Jar struct {
	At
	Remove bool
	Path   string
}

// LoadModule is LOAD MODULE name [WITH (…)].
type LoadModule struct {
	At
	Name    Ident
	Options []Option
}

// UnloadModule is UNLOAD MODULE name.
type UnloadModule struct {
	At
	Name Ident
}

// StopJob is STOP JOB 'id' [WITH SAVEPOINT] [WITH DRAIN].
type StopJob struct {
	At
	ID        string
	Savepoint bool
	Drain     bool
}

// ClientCommand is a command of Flink's SQL client and no statement: HELP,
// CLEAR, QUIT, EXIT.
type ClientCommand struct {
	At
	Word string
}

func (*Explain) statement()       {}
func (*CompilePlan) statement()   {}
func (*ExecutePlan) statement()   {}
func (*Show) statement()          {}
func (*Describe) statement()      {}
func (*Use) statement()           {}
func (*UseModules) statement()    {}
func (*Set) statement()           {}
func (*Reset) statement()         {}
func (*Jar) statement()           {}
func (*LoadModule) statement()    {}
func (*UnloadModule) statement()  {}
func (*StopJob) statement()       {}
func (*ClientCommand) statement() {}
