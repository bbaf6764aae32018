package ast

// Select is SELECT … FROM … up to QUALIFY; ORDER BY and LIMIT are Ordered's.
type Select struct {
	At
	Hints    []Hint
	Distinct bool
	Items    []SelectItem
	From     TableRef // nil without FROM
	Where    Expr
	GroupBy  *GroupBy // nil without GROUP BY
	Having   Expr
	Windows  []WindowDef
	Qualify  Expr
}

// SelectItem is an element of the SELECT list; its Expr may be a Star.
type SelectItem struct {
	At
	Expr  Expr
	Alias Ident // Name "" without
}

// GroupBy is GROUP BY [DISTINCT] elements.
type GroupBy struct {
	At
	Distinct bool
	Items    []GroupItem
}

// GroupItem is an element of GROUP BY. For Plain, Exprs is one expression or a
// parenthesised list, none being the empty group (). For the others, Items are the sets.
type GroupItem struct {
	At
	Kind  GroupKind
	Exprs []Expr
	Items []GroupItem
}

// GroupKind is the kind of a GroupItem.
type GroupKind uint8

// The kinds of GroupItem.
const (
	Plain GroupKind = iota
	GroupingSets
	Rollup
	Cube
)

// WindowDef is name AS (spec) in the WINDOW clause.
type WindowDef struct {
	At
	Name Ident
	Spec *WindowSpec
}

// OrderItem is an element of ORDER BY.
type OrderItem struct {
	At
	Expr  Expr
	Desc  bool
	Nulls NullOrder
}

// NullOrder is NULLS FIRST or LAST.
type NullOrder uint8

// The places of NULLs in an order.
const (
	NullsUnspecified NullOrder = iota
	NullsFirst
	NullsLast
)

// Ordered is a query with ORDER BY, OFFSET or LIMIT (FETCH FIRST n ROWS ONLY is
// the same).
type Ordered struct {
	At
	Body          Query
	OrderBy       []OrderItem
	Offset, Limit Expr // nil without; LIMIT ALL is without
}

// With is WITH a AS (…), … body.
type With struct {
	At
	Recursive bool
	CTEs      []CTE
	Body      Query
}

// CTE is name [(columns)] AS (query).
type CTE struct {
	At
	Name    Ident
	Columns []Ident
	Query   Query
}

// SetOp is left UNION|INTERSECT|EXCEPT [ALL] right.
type SetOp struct {
	At
	Kind        SetKind
	All         bool
	Left, Right Query
}

// SetKind is the operator of a SetOp.
type SetKind uint8

// The set operators.
const (
	Union SetKind = iota
	Intersect
	Except // also written MINUS
)

// Values is VALUES row, …: each row has its cells.
type Values struct {
	At
	Rows []Row
}

// TableQuery is TABLE t: all of a table.
type TableQuery struct {
	At
	Name Name
}

// Hint is an element of /*+ … */.
type Hint struct {
	At
	Name Ident
	Args []HintArg
}

// HintArg is 'k'='v', or a name, string or number alone.
type HintArg struct {
	At
	Key   string // "" when it is a value alone
	KeyID bool   // the key is written as an identifier: k = 'v'
	Value string
	Kind  HintValue
}

// HintValue is how a hint's value is written.
type HintValue uint8

// The spellings of a hint's value.
const (
	HintString HintValue = iota
	HintIdent
	HintNumber
)

func (*Select) statement()     {}
func (*Ordered) statement()    {}
func (*With) statement()       {}
func (*SetOp) statement()      {}
func (*Values) statement()     {}
func (*TableQuery) statement() {}
func (*Select) query()         {}
func (*Ordered) query()        {}
func (*With) query()           {}
func (*SetOp) query()          {}
func (*Values) query()         {}
func (*TableQuery) query()     {}
