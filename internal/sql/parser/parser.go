// Package parser turns Flink SQL into the nodes of package ast: a lexer, then
// recursive descent for statements and precedence climbing for expressions.
//
// It accepts what Flink's own grammar accepts (Calcite's with Flink's
// extensions) and refuses what that refuses, as far as ast has a node for it;
// dynamic parameters (?), JDBC escapes and MERGE are refused by name.
//
// Errors are *errs.Error of kind Invalid with the place, what was found, what
// was expected and, where a guess is possible, a suggestion. Code "sql.syntax"
// is text that is wrong, "sql.incomplete" text that ends too early, so that a
// shell can ask for another line. To keep the good path fast a text is parsed
// without noting what was expected; only when that fails it is parsed once more
// with the notes.
//
// Invariants: parsing never panics past this package, takes time linear in the
// text but for its nesting, which is limited, and keeps no state. This package
// must not know what a name or type means.
package parser

import (
	"errors"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// Codes of the errors of this package.
const (
	CodeSyntax     = "sql.syntax"     // the text is wrong
	CodeIncomplete = "sql.incomplete" // the text ends where more is expected
)

// maxDepth limits how deeply expressions, queries and types nest.
const maxDepth = 400

// Parse parses one statement, which may end with a semicolon.
func Parse(sql string) (ast.Statement, error) {
	return run(sql, func(p *parser) ast.Statement {
		s := p.statement()
		p.accept(";")
		p.end()
		return s
	})
}

// ParseQuery parses one query.
func ParseQuery(sql string) (ast.Query, error) {
	return run(sql, func(p *parser) ast.Query {
		q := p.query()
		p.end()
		return q
	})
}

// ParseExpr parses one expression.
func ParseExpr(sql string) (ast.Expr, error) {
	return run(sql, func(p *parser) ast.Expr {
		e := p.expr()
		p.end()
		return e
	})
}

// ParseType parses one data type, which may end with NOT NULL.
func ParseType(sql string) (*ast.Type, error) {
	return run(sql, func(p *parser) *ast.Type {
		t := p.typ()
		p.end()
		return t
	})
}

// ParseName parses a possibly qualified name: cat.db.`my table`.
func ParseName(sql string) (ast.Name, error) {
	return run(sql, func(p *parser) ast.Name {
		n := p.name()
		p.end()
		return n
	})
}

// parser is the state of one pass over one text.
type parser struct {
	sql     string
	toks    []token // the last is the end of the text
	i       int     // the next token
	depth   int
	noQuery int // >0 where a subquery is not allowed

	rec     bool     // note what is expected
	notes   []string // expected at noteAt
	noteAt  int
	aliasAt int // the last token taken as an alias without AS; -1 for none
	aliasOf []string
}

// bailout unwinds a pass; err is nil in the pass without notes.
type bailout struct{ err *errs.Error }

func run[T any](sql string, f func(*parser) T) (T, error) {
	var none T
	toks, lexErr := lex(sql)
	if lexErr != nil {
		return none, lexErr
	}
	v, err := pass(&parser{sql: sql, toks: toks, aliasAt: -1}, f)
	if err == nil {
		return v, nil
	}
	_, err = pass(&parser{sql: sql, toks: toks, aliasAt: -1, rec: true}, f)
	return none, err
}

// errFirstPass says only that the pass with notes is needed.
var errFirstPass = errors.New("syntax error")

func pass[T any](p *parser, f func(*parser) T) (v T, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case bailout:
			err = errFirstPass
			if r.err != nil {
				err = r.err
			}
		default:
			panic(r)
		}
	}()
	return f(p), nil
}

func (p *parser) tok() *token { return &p.toks[p.i] }

// peek is the token n after the next.
func (p *parser) peek(n int) *token {
	if p.i+n >= len(p.toks) {
		return &p.toks[len(p.toks)-1]
	}
	return &p.toks[p.i+n]
}

func (p *parser) at() ast.At { return p.tok().at() }

// next takes the next token; the end of the text stays.
func (p *parser) next() *token {
	t := &p.toks[p.i]
	if t.kind != tEOF {
		p.i++
	}
	return t
}

// is reports whether the next token is the keyword or punctuation w.
func (p *parser) is(w string) bool {
	if p.rec {
		p.note(w)
	}
	return p.toks[p.i].word == w
}

// accept takes the next token if it is w.
func (p *parser) accept(w string) bool {
	if !p.is(w) {
		return false
	}
	p.i++
	return true
}

// accept2 takes the next two tokens if they are a b.
func (p *parser) accept2(a, b string) bool {
	if p.is(a) && p.peek(1).word == b {
		p.i += 2
		return true
	}
	return false
}

// expect takes tokens that must be ws in order.
func (p *parser) expect(ws ...string) {
	for _, w := range ws {
		if !p.accept(w) {
			p.unexpected()
		}
	}
}

// oneOf takes the next token, which must be one of ws, and returns it.
func (p *parser) oneOf(ws ...string) string {
	for _, w := range ws {
		if p.accept(w) {
			return w
		}
	}
	p.unexpected()
	return ""
}

// anyOf is oneOf where none of them may be there: "".
func (p *parser) anyOf(ws ...string) string {
	for _, w := range ws {
		if p.accept(w) {
			return w
		}
	}
	return ""
}

// end requires the end of the text.
func (p *parser) end() {
	if p.tok().kind != tEOF {
		p.unexpected("the end of the statement")
	}
}

// enter counts a level of nesting; leave ends it.
func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.at(), "", "this is nested more than %d levels deep", maxDepth)
	}
}

func (p *parser) leave() { p.depth-- }
