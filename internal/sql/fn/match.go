package fn

import (
	"fmt"
	"slices"

	"weir/internal/batch"
	"weir/internal/javaregex"
	"weir/internal/kernel"
	"weir/internal/types"
)

// matches are the functions that match patterns: LIKE, SIMILAR TO and those of
// regular expressions.
func matches() []*Def {
	return slices.Concat(likes(), regexps(), regexpsNamed())
}

// likes are LIKE and SIMILAR TO, with or without an escape character.
func likes() []*Def {
	infer := operands(gives(types.BooleanType), asText, asText, optional(asText))
	return []*Def{
		{
			Name: "LIKE", Family: "comparison", Usage: "string [NOT] LIKE pattern [ESCAPE character]",
			Doc:      "Whether the string matches the pattern, in which % stands for any characters and _ for one.",
			Examples: []Example{{"'abc' LIKE 'a%'", "TRUE"}, {"'a%c' LIKE 'a!%_' ESCAPE '!'", "TRUE"}, {"'abc' LIKE '_'", "FALSE"}},
			Infer:    infer,
			Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				return patternKernel(args, func(pattern string, escape rune) (matcher, error) { return newLike(pattern, escape) })
			},
		},
		{
			Name: "SIMILAR TO", Family: "comparison", Usage: "string [NOT] SIMILAR TO pattern [ESCAPE character]",
			Doc:      "Whether the string matches the SQL regular expression: %, _, |, *, +, ?, {n,m}, (), [].",
			Examples: []Example{{"'abc' SIMILAR TO '(a|x)[a-c]+'", "TRUE"}, {"'abc' SIMILAR TO 'b'", "FALSE"}},
			Infer:    infer,
			Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				return patternKernel(args, func(pattern string, escape rune) (matcher, error) {
					re, err := similarRegexp(pattern, escape)
					if err != nil {
						return nil, err
					}
					return javaregex.CompileFull(re)
				})
			},
		},
	}
}

// matcher is a compiled pattern.
type matcher interface {
	Match(s []byte) (bool, error)
}

// patternKernel compiles a literal pattern once and others as they come. An
// escape of no character is none; noEscape stands for it.
func patternKernel(args []Arg, compile func(pattern string, escape rune) (matcher, error)) (kernel.Func, error) {
	escape := rune(noEscape)
	cache := memo[matcher]{make: func(p string) (matcher, error) { return compile(p, escape) }}
	if p, ok := args[1].Literal.(string); ok {
		e := ""
		if len(args) > 2 {
			if e, ok = args[2].Literal.(string); !ok {
				e = ""
			}
		}
		if ok {
			var err error
			if escape, err = escapeOf(e); err != nil {
				return nil, err
			}
			if _, err = cache.get([]byte(p)); err != nil {
				return nil, err
			}
		}
	}
	var last []byte
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		if len(in) > 2 && string(in[2].Bytes(i)) != string(last) {
			last = append(last[:0], in[2].Bytes(i)...)
			e, err := escapeOf(string(last))
			if err != nil {
				return err
			}
			if e != escape {
				escape = e
				cache = memo[matcher]{make: cache.make}
			}
		}
		m, err := cache.get(in[1].Bytes(i))
		if err == nil {
			out.B[i], err = m.Match(in[0].Bytes(i))
		}
		return err
	}), nil
}

// noEscape is the escape of a pattern that has none.
const noEscape = -1

// escapeOf is the character an ESCAPE clause gives.
func escapeOf(s string) (rune, error) {
	r := []rune(s)
	switch {
	case len(r) == 0:
		return noEscape, nil
	case len(r) > 1 || r[0] > 0xFFFF || r[0] == 0:
		return 0, fmt.Errorf("Invalid escape character '%s'", s)
	}
	return r[0], nil
}

func badEscape(pattern string, runes []rune, at int) error {
	return fmt.Errorf("Invalid escape sequence '%s', %d", pattern, units([]byte(string(runes[:at]))))
}
