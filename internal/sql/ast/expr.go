package ast

// Ref is a column by name: a, t.a, cat.db.t.a; its later parts may turn out to
// be fields of a ROW column.
type Ref struct {
	At
	Parts Name
}

// Star is `*` or `t.*` in a SELECT list, and the argument of COUNT(*).
type Star struct {
	At
	Qualifier Name // empty for a bare *
}

// Unary is a prefix operator.
type Unary struct {
	At
	Op UnaryOp
	X  Expr
}

// UnaryOp is the operator of Unary.
type UnaryOp uint8

// The prefix operators.
const (
	Neg     UnaryOp = iota // -x
	Plus                   // +x
	Not                    // NOT x
	Final                  // FINAL x, in MEASURES
	Running                // RUNNING x, in MEASURES
)

// Binary is an infix operator; its position is the operator's left operand's.
type Binary struct {
	At
	Op   BinaryOp
	L, R Expr
	OpAt At // where the operator stands
}

// BinaryOp is the operator of Binary.
type BinaryOp uint8

// The infix operators.
const (
	Or BinaryOp = iota
	And
	Eq
	Ne // <> or !=
	Lt
	Le
	Gt
	Ge
	Add
	Sub
	Mul
	Div
	Mod // %
	Concat
	DistinctFrom    // IS DISTINCT FROM
	NotDistinctFrom // IS NOT DISTINCT FROM
	Overlaps        // (s, e) OVERLAPS (s, e)
)

// Is is x IS [NOT] NULL | TRUE | FALSE | UNKNOWN.
type Is struct {
	At
	X    Expr
	Not  bool
	What IsWhat
}

// IsWhat is what Is tests for.
type IsWhat uint8

// What Is can test.
const (
	IsNull IsWhat = iota
	IsTrue
	IsFalse
	IsUnknown
)

// IsJSON is x IS [NOT] JSON [VALUE|OBJECT|ARRAY|SCALAR].
type IsJSON struct {
	At
	X    Expr
	Not  bool
	Kind JSONKind
}

// JSONKind is what IsJSON asks for.
type JSONKind uint8

// The kinds of JSON text.
const (
	JSONValueKind JSONKind = iota // IS JSON and IS JSON VALUE
	JSONObjectKind
	JSONArrayKind
	JSONScalarKind
)

// Between is x [NOT] BETWEEN [SYMMETRIC] lo AND hi.
type Between struct {
	At
	X, Lo, Hi Expr
	Not       bool
	Symmetric bool
}

// Like is x [NOT] LIKE|SIMILAR TO pattern [ESCAPE c].
type Like struct {
	At
	X, Pattern Expr
	Escape     Expr // nil without ESCAPE
	Not        bool
	Similar    bool // SIMILAR TO
}

// In is x [NOT] IN (a, b, …) or x [NOT] IN (query): one of List and Query.
type In struct {
	At
	X     Expr
	Not   bool
	List  []Expr
	Query Query
}

// Quantified is x op ANY|SOME|ALL (query or list).
type Quantified struct {
	At
	X     Expr
	Op    BinaryOp
	All   bool // ALL; otherwise ANY, which SOME is too
	List  []Expr
	Query Query
}

// Exists is EXISTS (query).
type Exists struct {
	At
	Query Query
}

// Subquery is a query in parentheses used as a value.
type Subquery struct {
	At
	Query Query
}

// Case is CASE [operand] WHEN … THEN … [ELSE …] END.
type Case struct {
	At
	Operand Expr // nil in CASE WHEN cond
	Whens   []When
	Else    Expr // nil without ELSE
}

// When is a branch of Case.
type When struct {
	At
	Conds []Expr // several only with an operand: WHEN 1, 2 THEN
	Then  Expr
}

// Cast is CAST(x AS type) or TRY_CAST.
type Cast struct {
	At
	X    Expr
	Type *Type
	Try  bool
}

// Field is x.name where x is not itself a name: f(x).name, a[1].name, (r).name.
type Field struct {
	At
	X    Expr
	Name Ident
}

// Index is x[i], of an array, a map or a variant.
type Index struct {
	At
	X, Index Expr
}

// Row is ROW(a, b) or (a, b).
type Row struct {
	At
	Elems []Expr
}

// Array is ARRAY[…].
type Array struct {
	At
	Elems []Expr
}

// ArrayQuery is ARRAY(query), and MULTISET(query), MAP(query).
type ArrayQuery struct {
	At
	Kind  string // ARRAY, MULTISET, MAP
	Query Query
}

// Multiset is MULTISET[…].
type Multiset struct {
	At
	Elems []Expr
}

// Map is MAP[k, v, …].
type Map struct {
	At
	Keys, Values []Expr
}

// Symbol is a keyword that stands as an argument: the unit of EXTRACT, FLOOR,
// TIMESTAMPADD, the side of TRIM.
type Symbol struct {
	At
	Word string // upper case
}

// Descriptor is DESCRIPTOR(a, b): columns as an argument.
type Descriptor struct {
	At
	Columns []Ident
}

// NamedArg is name => value in a call.
type NamedArg struct {
	At
	Name  Ident
	Value Expr
}

// Default is DEFAULT as an argument of a call.
type Default struct{ At }

// TableArg is TABLE t or (query) as an argument of a table function, with the
// partitioning a process table function asks for. Table is a Table or Derived.
type TableArg struct {
	At
	Table       TableRef
	PartitionBy []Expr
	OrderBy     []OrderItem
}

// ModelArg is MODEL m as an argument.
type ModelArg struct {
	At
	Name Name
}

func (*Ref) expr()        {}
func (*Star) expr()       {}
func (*Unary) expr()      {}
func (*Binary) expr()     {}
func (*Is) expr()         {}
func (*IsJSON) expr()     {}
func (*Between) expr()    {}
func (*Like) expr()       {}
func (*In) expr()         {}
func (*Quantified) expr() {}
func (*Exists) expr()     {}
func (*Subquery) expr()   {}
func (*Case) expr()       {}
func (*Cast) expr()       {}
func (*Field) expr()      {}
func (*Index) expr()      {}
func (*Row) expr()        {}
func (*Array) expr()      {}
func (*ArrayQuery) expr() {}
func (*Multiset) expr()   {}
func (*Map) expr()        {}
func (*Symbol) expr()     {}
func (*Descriptor) expr() {}
func (*NamedArg) expr()   {}
func (*Default) expr()    {}
func (*TableArg) expr()   {}
func (*ModelArg) expr()   {}
