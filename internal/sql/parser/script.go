package parser

import (
	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// Statement is one statement of a script.
type Statement struct {
	ast.Statement
	Text       string // as written, without comments around it and the semicolon
	Start, End int    // Text's byte offsets in the script
}

// ParseScript parses statements between semicolons; empty ones are skipped.
// Positions, in nodes and errors, are those in the script. With an error the
// statements before it are returned too.
func ParseScript(sql string) ([]Statement, error) {
	toks, err := lex(sql)
	if err != nil {
		return nil, err
	}
	var all []Statement
	for i := 0; ; {
		for toks[i].word == ";" {
			i++
		}
		if toks[i].kind == tEOF {
			return all, nil
		}
		s, next, err := parseAt(sql, toks, i)
		if err != nil {
			return all, err
		}
		start, end := int(toks[i].start), int(toks[next-1].end)
		all = append(all, Statement{Statement: s, Text: sql[start:end], Start: start, End: end})
		i = next
	}
}

// parseAt parses the statement at token i and is where it ends.
func parseAt(sql string, toks []token, i int) (ast.Statement, int, error) {
	f := func(p *parser) ast.Statement {
		s := p.statement()
		if !p.is(";") {
			p.end()
		}
		return s
	}
	p := &parser{sql: sql, toks: toks, i: i, aliasAt: -1}
	s, err := pass(p, f)
	if err == nil {
		return s, p.i, nil
	}
	_, err = pass(&parser{sql: sql, toks: toks, i: i, aliasAt: -1, rec: true}, f)
	return nil, 0, err
}

// Complete reports whether sql ends where a statement may end: with a semicolon
// that is not inside a string, a comment or a statement set. A shell reads on
// until it does.
func Complete(sql string) bool {
	toks, err := lex(sql)
	if err != nil {
		return errs.CodeOf(err) != CodeIncomplete
	}
	if len(toks) < 2 || toks[len(toks)-2].word != ";" {
		return false
	}
	_, err = ParseScript(sql)
	return errs.CodeOf(err) != CodeIncomplete
}
