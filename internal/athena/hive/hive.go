// Package hive has the data types of the Glue Data Catalog: Hive's type names
// (`array<struct<a:int>>`) read into a tree, and the same types in the words of
// Athena's answers (Trino's) and of DuckDB.
//
// The names are compared in lower case, as the catalog keeps them. The package
// knows nothing of tables, files or queries.
package hive

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is the outermost constructor of a Type.
type Kind string

// The kinds of Type, by Hive's own name.
const (
	Boolean   Kind = "boolean"
	TinyInt   Kind = "tinyint"
	SmallInt  Kind = "smallint"
	Int       Kind = "int"
	BigInt    Kind = "bigint"
	Float     Kind = "float"
	Double    Kind = "double"
	Decimal   Kind = "decimal"
	String    Kind = "string"
	Varchar   Kind = "varchar"
	Char      Kind = "char"
	Binary    Kind = "binary"
	Date      Kind = "date"
	Timestamp Kind = "timestamp"
	Array     Kind = "array"
	Map       Kind = "map"
	Struct    Kind = "struct"
)

// Type is one data type.
type Type struct {
	Kind   Kind
	Length int      // varchar, char
	Prec   int      // decimal
	Scale  int      // decimal
	Names  []string // struct: field names, lower case
	Args   []Type   // array: element; map: key, value; struct: fields
}

// names are the spellings of the simple kinds, synonyms included.
func simple(name string) (Kind, bool) {
	switch name {
	case "boolean", "tinyint", "smallint", "int", "bigint", "float", "double",
		"string", "binary", "date", "timestamp":
		return Kind(name), true
	case "integer":
		return Int, true
	case "real":
		return Float, true
	case "varbinary":
		return Binary, true
	}
	return "", false
}

// Parse reads a type as the catalog spells it.
func Parse(text string) (Type, error) {
	p := &parser{s: strings.ToLower(strings.TrimSpace(text))}
	t, err := p.typ()
	if err == nil && p.i != len(p.s) {
		err = fmt.Errorf("unexpected %q after the type", p.s[p.i:])
	}
	if err != nil {
		return Type{}, fmt.Errorf("column type %q: %w", text, err)
	}
	return t, nil
}

type parser struct {
	s string
	i int
}

func (p *parser) space() {
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t' || p.s[p.i] == '\n') {
		p.i++
	}
}

func (p *parser) word() string {
	p.space()
	start := p.i
	for p.i < len(p.s) && !strings.ContainsRune("<>(),: \t\n", rune(p.s[p.i])) {
		p.i++
	}
	w := p.s[start:p.i]
	p.space()
	return strings.Trim(w, "`")
}

func (p *parser) eat(c byte) error {
	p.space()
	if p.i >= len(p.s) || p.s[p.i] != c {
		return fmt.Errorf("%q expected at character %d", string(c), p.i+1)
	}
	p.i++
	p.space()
	return nil
}

func (p *parser) has(c byte) bool { return p.i < len(p.s) && p.s[p.i] == c }

func (p *parser) typ() (Type, error) {
	name := p.word()
	switch name {
	case "array", "map":
		return p.nested(Kind(name))
	case "struct":
		return p.structure()
	case "decimal", "numeric", "dec":
		return p.decimal()
	case "varchar", "char":
		ns, err := p.numbers(1)
		if err != nil {
			return Type{}, err
		}
		if len(ns) == 0 {
			return Type{Kind: String}, nil
		}
		return Type{Kind: Kind(name), Length: ns[0]}, nil
	}
	k, ok := simple(name)
	if !ok {
		return Type{}, fmt.Errorf("%q is not a type", name)
	}
	return Type{Kind: k}, nil
}

func (p *parser) decimal() (Type, error) {
	ns, err := p.numbers(2)
	if err != nil {
		return Type{}, err
	}
	t := Type{Kind: Decimal, Prec: 10}
	if len(ns) > 0 {
		t.Prec = ns[0]
	}
	if len(ns) > 1 {
		t.Scale = ns[1]
	}
	if t.Prec < 1 || t.Prec > 38 || t.Scale > t.Prec {
		return Type{}, fmt.Errorf("decimal(%d,%d) is out of range", t.Prec, t.Scale)
	}
	return t, nil
}

func (p *parser) numbers(most int) ([]int, error) {
	if !p.has('(') {
		return nil, nil
	}
	var out []int
	for sep := byte('('); len(out) < most; sep = ',' {
		if err := p.eat(sep); err != nil {
			return nil, err
		}
		w := p.word()
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is not a length", w)
		}
		out = append(out, n)
		if p.has(')') {
			break
		}
	}
	return out, p.eat(')')
}

func (p *parser) nested(k Kind) (Type, error) {
	t := Type{Kind: k}
	n := 1
	if k == Map {
		n = 2
	}
	for i := range n {
		sep := byte('<')
		if i > 0 {
			sep = ','
		}
		if err := p.eat(sep); err != nil {
			return t, err
		}
		a, err := p.typ()
		if err != nil {
			return t, err
		}
		t.Args = append(t.Args, a)
	}
	return t, p.eat('>')
}

func (p *parser) structure() (Type, error) {
	t := Type{Kind: Struct}
	for sep := byte('<'); ; sep = ',' {
		if err := p.eat(sep); err != nil {
			return t, err
		}
		name := p.word()
		if err := p.eat(':'); err != nil {
			return t, err
		}
		a, err := p.typ()
		if err != nil {
			return t, err
		}
		t.Names = append(t.Names, name)
		t.Args = append(t.Args, a)
		if p.has('>') {
			return t, p.eat('>')
		}
	}
}

// String is the catalog's spelling.
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("decimal(%d,%d)", t.Prec, t.Scale)
	case Varchar, Char:
		return fmt.Sprintf("%s(%d)", t.Kind, t.Length)
	case Array, Map, Struct:
		parts := make([]string, len(t.Args))
		for i, a := range t.Args {
			parts[i] = a.String()
			if t.Kind == Struct {
				parts[i] = t.Names[i] + ":" + parts[i]
			}
		}
		return string(t.Kind) + "<" + strings.Join(parts, ",") + ">"
	}
	return string(t.Kind)
}

// DuckDB is the type in DuckDB's SQL.
func (t Type) DuckDB() string {
	switch t.Kind {
	case Int:
		return "INTEGER"
	case String, Varchar, Char:
		return "VARCHAR"
	case Binary:
		return "BLOB"
	case Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Prec, t.Scale)
	case Array:
		return t.Args[0].DuckDB() + "[]"
	case Map:
		return "MAP(" + t.Args[0].DuckDB() + ", " + t.Args[1].DuckDB() + ")"
	case Struct:
		parts := make([]string, len(t.Args))
		for i, a := range t.Args {
			parts[i] = `"` + strings.ReplaceAll(t.Names[i], `"`, `""`) + `" ` + a.DuckDB()
		}
		return "STRUCT(" + strings.Join(parts, ", ") + ")"
	}
	return strings.ToUpper(string(t.Kind))
}

// Trino is the type in the words of Athena's SELECT.
func (t Type) Trino() string {
	switch t.Kind {
	case Int:
		return "integer"
	case Float:
		return "real"
	case String:
		return "varchar"
	case Binary:
		return "varbinary"
	case Timestamp:
		return "timestamp(3)"
	case Array, Map:
		parts := make([]string, len(t.Args))
		for i, a := range t.Args {
			parts[i] = a.Trino()
		}
		return string(t.Kind) + "(" + strings.Join(parts, ", ") + ")"
	case Struct:
		parts := make([]string, len(t.Args))
		for i, a := range t.Args {
			parts[i] = t.Names[i] + " " + a.Trino()
		}
		return "row(" + strings.Join(parts, ", ") + ")"
	}
	return t.String()
}
