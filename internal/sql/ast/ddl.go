package ast

// ObjectKind is what CREATE, DROP, ALTER, SHOW and DESCRIBE speak of: the
// keywords in upper case.
type ObjectKind string

// The kinds of object.
const (
	TableObject        ObjectKind = "TABLE"
	MaterializedObject ObjectKind = "MATERIALIZED TABLE"
	ViewObject         ObjectKind = "VIEW"
	FunctionObject     ObjectKind = "FUNCTION"
	CatalogObject      ObjectKind = "CATALOG"
	DatabaseObject     ObjectKind = "DATABASE"
	ModelObject        ObjectKind = "MODEL"
	ConnectionObject   ObjectKind = "CONNECTION"
	JobObject          ObjectKind = "JOB"
)

// Option is 'key' = 'value' in WITH, SET and the like.
type Option struct {
	At
	Key     string
	Value   string
	ValueAt At
}

// CreateTable is CREATE [OR REPLACE] [TEMPORARY] TABLE, REPLACE TABLE included.
type CreateTable struct {
	At
	Temporary   bool
	OrReplace   bool // CREATE OR REPLACE TABLE … AS
	Replace     bool // REPLACE TABLE … AS
	IfNotExists bool
	Name        Name
	Columns     []Column
	// ColumnNames is the bare list of CREATE TABLE t (a, b) … AS, which orders
	// the query's columns.
	ColumnNames  []Name
	Watermark    *Watermark
	Constraints  []Constraint
	Comment      *String
	Distribution *Distribution
	PartitionBy  []Ident
	Connection   Name // USING CONNECTION name
	Options      []Option
	Like         *TableLike
	As           Query // CREATE TABLE … AS query
}

// Column is a column's declaration: physical (name type), computed (name AS
// expr) or metadata (name type METADATA [FROM 'key'] [VIRTUAL]).
type Column struct {
	At
	Name       Name // more than one part only in ALTER TABLE
	Kind       ColumnKind
	Type       *Type // nil for a computed column
	Expr       Expr  // of a computed column
	MetaKey    *String
	Virtual    bool
	Constraint *Constraint // PRIMARY KEY or UNIQUE written at the column
	Comment    *String
	Place      *Place // ALTER TABLE: FIRST or AFTER c
}

// ColumnKind is the kind of a Column.
type ColumnKind uint8

// The kinds of Column.
const (
	Physical ColumnKind = iota
	Computed
	Metadata
)

// Place is FIRST, or AFTER a column.
type Place struct {
	At
	After Name // empty for FIRST
}

// Watermark is WATERMARK FOR column AS expr.
type Watermark struct {
	At
	Column Name // its later parts are fields of a ROW column
	Expr   Expr
}

// Constraint is [CONSTRAINT name] PRIMARY KEY|UNIQUE [(columns)] [[NOT] ENFORCED].
type Constraint struct {
	At
	Name     Ident // Name "" without
	Unique   bool  // UNIQUE; otherwise PRIMARY KEY
	Columns  []Ident
	Enforced Enforcement
}

// Enforcement is what a Constraint says of checking it.
type Enforcement uint8

// The enforcements; Flink wants NotEnforced.
const (
	EnforcementDefault Enforcement = iota
	Enforced
	NotEnforced
)

// Distribution is DISTRIBUTED [BY [HASH|RANGE] (columns)] [INTO n BUCKETS].
type Distribution struct {
	At
	Kind    string // "", HASH, RANGE
	Columns []Ident
	Buckets string // "" without INTO
}

// TableLike is LIKE table [(INCLUDING|EXCLUDING|OVERWRITING what …)].
type TableLike struct {
	At
	Name  Name
	Rules []LikeRule
}

// LikeRule is one of TableLike's, its words in upper case.
type LikeRule struct {
	At
	Merge   string // INCLUDING, EXCLUDING, OVERWRITING
	Feature string // ALL, CONSTRAINTS, DISTRIBUTION, PARTITIONS, OPTIONS, GENERATED, METADATA, WATERMARKS
}

// CreateMaterializedTable is CREATE [OR ALTER] MATERIALIZED TABLE … AS query.
type CreateMaterializedTable struct {
	At
	OrAlter      bool
	IfNotExists  bool
	Name         Name
	Columns      []Column
	ColumnNames  []Name
	Watermark    *Watermark
	Constraints  []Constraint
	Comment      *String
	Distribution *Distribution
	PartitionBy  []Ident
	Options      []Option
	Freshness    *Interval
	RefreshMode  string // "", FULL, CONTINUOUS
	StartMode    *StartMode
	Query        Query
}

// StartMode is START_MODE = mode [(argument)].
type StartMode struct {
	At
	Mode string // FROM_BEGINNING, FROM_NOW …
	Arg  Expr   // nil without
}

// CreateView is CREATE [TEMPORARY] VIEW name [(columns)] AS query.
type CreateView struct {
	At
	Temporary   bool
	IfNotExists bool
	Name        Name
	Columns     []Ident
	Comment     *String
	Query       Query
}

// CreateFunction is CREATE [TEMPORARY [SYSTEM]] FUNCTION name AS 'class'.
type CreateFunction struct {
	At
	Temporary, System bool
	IfNotExists       bool
	Name              Name
	Class             *String
	Language          string // "", JAVA, SCALA, PYTHON
	Resources         []Resource
	Options           []Option
}

// Resource is JAR 'path' or ARTIFACT 'path' after USING.
type Resource struct {
	At
	Kind string
	Path string
}

// CreateCatalog is CREATE CATALOG name [COMMENT] WITH (…).
type CreateCatalog struct {
	At
	IfNotExists bool
	Name        Ident
	Comment     *String
	Options     []Option
}

// CreateDatabase is CREATE DATABASE name [COMMENT] [WITH (…)].
type CreateDatabase struct {
	At
	IfNotExists bool
	Name        Name
	Comment     *String
	Options     []Option
}

// CreateModel is CREATE [TEMPORARY] MODEL name [INPUT (…)] [OUTPUT (…)] WITH (…) [AS query].
type CreateModel struct {
	At
	Temporary     bool
	IfNotExists   bool
	Name          Name
	Input, Output []Column
	Comment       *String
	Options       []Option
	As            Query
}

// CreateConnection is CREATE [TEMPORARY [SYSTEM]] CONNECTION name WITH (…).
type CreateConnection struct {
	At
	Temporary, System bool
	IfNotExists       bool
	Name              Name
	Comment           *String
	Options           []Option
}

// Drop is DROP of any kind of object.
type Drop struct {
	At
	What              ObjectKind
	Temporary, System bool
	IfExists          bool
	Name              Name
	Cascade           bool // DATABASE … CASCADE; otherwise RESTRICT
}

func (*CreateTable) statement()             {}
func (*CreateMaterializedTable) statement() {}
func (*CreateView) statement()              {}
func (*CreateFunction) statement()          {}
func (*CreateCatalog) statement()           {}
func (*CreateDatabase) statement()          {}
func (*CreateModel) statement()             {}
func (*CreateConnection) statement()        {}
func (*Drop) statement()                    {}
