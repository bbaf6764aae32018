package ast

// Table is a table or view by name.
type Table struct {
	At
	Name  Name
	Hints []Hint
	AsOf  Expr // FOR SYSTEM_TIME AS OF, nil without
}

// Aliased gives a table reference a name and maybe its columns too.
type Aliased struct {
	At
	Table   TableRef
	Alias   Ident
	Columns []Ident
}

// Derived is [LATERAL] (query).
type Derived struct {
	At
	Lateral bool
	Query   Query
}

// TableFunc is [LATERAL] TABLE(f(…)), or f(…) alone: a window table function,
// a process table function or a user's table function.
type TableFunc struct {
	At
	Lateral bool
	Wrapped bool // written as TABLE(f(…))
	Call    *Call
}

// Unnest is UNNEST(a, …) [WITH ORDINALITY].
type Unnest struct {
	At
	Lateral    bool
	Exprs      []Expr
	Ordinality bool
}

// Join is left [NATURAL] kind JOIN right [ON … | USING (…)].
type Join struct {
	At
	Kind        JoinKind
	Natural     bool
	Left, Right TableRef
	On          Expr
	Using       []Ident
}

// JoinKind is the kind of a Join.
type JoinKind uint8

// The kinds of Join.
const (
	Inner JoinKind = iota
	Left
	Right
	Full
	Cross // CROSS JOIN
	Comma // a, b
)

// Sample is table TABLESAMPLE method(percent) [REPEATABLE (seed)].
type Sample struct {
	At
	Table      TableRef
	Method     string // BERNOULLI or SYSTEM
	Percent    string
	Repeatable string // "" without
}

// Match is table MATCH_RECOGNIZE (…).
type Match struct {
	At
	Table       TableRef
	PartitionBy []Expr
	OrderBy     []OrderItem
	Measures    []SelectItem
	AllRows     bool   // ALL ROWS PER MATCH; otherwise one
	AfterMatch  string // "", "NEXT ROW", "PAST LAST ROW", "FIRST", "LAST" (of AfterVar)
	AfterVar    Ident
	Pattern     *Pattern
	AnchorStart bool // ^
	AnchorEnd   bool // $
	Within      Expr
	Subsets     []PatternSubset
	Define      []PatternDef
}

// Pattern is a row pattern: a variable, or a sequence, alternation,
// permutation or exclusion of others, with its quantifier.
type Pattern struct {
	At
	Kind      PatternKind
	Var       Ident
	Subs      []*Pattern
	Min, Max  int32 // 1, 1 without quantifier; Max -1 is unbounded
	Reluctant bool
}

// PatternKind is the kind of a Pattern.
type PatternKind uint8

// The kinds of Pattern.
const (
	PatternVar PatternKind = iota
	PatternSeq
	PatternAlt
	PatternPermute
	PatternExclude // {- … -}
)

// PatternSubset is name = (a, b).
type PatternSubset struct {
	At
	Name Ident
	Vars []Ident
}

// PatternDef is a variable's condition.
type PatternDef struct {
	At
	Var  Ident
	Cond Expr
}

func (*Table) tableRef()     {}
func (*Aliased) tableRef()   {}
func (*Derived) tableRef()   {}
func (*TableFunc) tableRef() {}
func (*Unnest) tableRef()    {}
func (*Join) tableRef()      {}
func (*Sample) tableRef()    {}
func (*Match) tableRef()     {}
