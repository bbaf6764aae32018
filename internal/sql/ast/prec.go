package ast

// Precedences of operators, as Calcite's operator table has them; the higher
// binds tighter.
const (
	PrecOr      = 22
	PrecAnd     = 24
	PrecNot     = 26
	PrecIs      = 28
	PrecCompare = 30
	PrecLike    = 32 // IN and BETWEEN too
	PrecAdd     = 40
	PrecMul     = 60 // || too
	PrecUnary   = 80
	PrecPostfix = 100
	precAtom    = 1000
)

// binaryOps has each operator's SQL and precedence.
var binaryOps = [...]struct {
	sql  string
	prec int
}{
	Or: {"OR", PrecOr}, And: {"AND", PrecAnd}, Eq: {"=", PrecCompare}, Ne: {"<>", PrecCompare},
	Lt: {"<", PrecCompare}, Le: {"<=", PrecCompare}, Gt: {">", PrecCompare}, Ge: {">=", PrecCompare},
	Add: {"+", PrecAdd}, Sub: {"-", PrecAdd}, Mul: {"*", PrecMul}, Div: {"/", PrecMul}, Mod: {"%", PrecMul},
	Concat: {"||", PrecMul}, DistinctFrom: {"IS DISTINCT FROM", PrecCompare},
	NotDistinctFrom: {"IS NOT DISTINCT FROM", PrecCompare}, Overlaps: {"OVERLAPS", PrecCompare},
}

// String is the operator as SQL writes it.
func (op BinaryOp) String() string { return binaryOps[op].sql }

// Prec is how tightly the operator binds.
func (op BinaryOp) Prec() int { return binaryOps[op].prec }

// prec is how tightly an expression's outermost operator binds.
func prec(e Expr) int {
	switch e := e.(type) {
	case *Binary:
		return e.Op.Prec()
	case *Unary:
		if e.Op == Not {
			return PrecNot
		}
		return PrecUnary
	case *Is, *IsJSON:
		return PrecIs
	case *Between, *Like, *In:
		return PrecLike
	case *Quantified:
		return PrecCompare
	case *Index, *Field:
		return PrecPostfix
	}
	return precAtom
}
