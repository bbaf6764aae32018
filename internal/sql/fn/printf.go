package fn

import (
	"strings"
	"unicode"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// formats is PRINTF.
func formats() []*Def {
	return []*Def{{
		Name: "PRINTF", Family: "string", Usage: "PRINTF(format, obj…)", Since: "2.0",
		Doc:      "The format with each specifier (%s %d %x %o %c %b %f %e %g %n %%) replaced by the next argument, as Java's Formatter does it.",
		Examples: []Example{{"PRINTF('%s is %05.1f %%', 'x', 12.25E0)", "x is 012.3 %"}, {"PRINTF('%2$s %1$s', 'a', 'b')", "b a"}},
		Infer:    nullable(signature(gives(types.StringType), named("format", wantText), optional(repeated(named("obj", wantAny))))),
		Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
			cache := memo[[]specifier]{make: parseFormat}
			return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
				if in[0].IsNull(i) {
					out.AppendNull()
					return nil
				}
				specs, err := cache.get(in[0].Bytes(i))
				if err != nil {
					return err
				}
				for k := range specs {
					if out.Data, err = specs[k].append(out.Data, in[1:], i); err != nil {
						return err
					}
				}
				return endText(out)
			}), nil
		},
	}}
}

// specifier is a stretch of plain text and the %… after it; conv is 0 at the
// end of the format.
type specifier struct {
	text        string
	spec        string // as it is written, for errors
	arg         int    // which argument
	flags       string
	width, prec int // prec is -1 when it is not given
	conv        byte
}

func badFormat(format string, args ...any) error {
	return errs.New(errs.Failed, "printf.format", "PRINTF: "+format, args...)
}

// parseFormat reads a format once.
func parseFormat(format string) ([]specifier, error) {
	var specs []specifier
	next, last := 0, -1
	for {
		k := strings.IndexByte(format, '%')
		if k < 0 {
			return append(specs, specifier{text: format}), nil
		}
		s := specifier{text: format[:k], prec: -1}
		rest := format[k+1:]
		start := rest
		number, after := leadingInt(rest)
		explicit := number > 0 && strings.HasPrefix(after, "$")
		same := strings.HasPrefix(rest, "<")
		switch {
		case explicit:
			rest = after[1:]
		case same:
			rest = rest[1:]
		}
		n := len(rest) - len(strings.TrimLeft(rest, "-#+ 0,("))
		s.flags, rest = rest[:n], rest[n:]
		s.width, rest = leadingInt(rest)
		if strings.HasPrefix(rest, ".") {
			s.prec, rest = leadingInt(rest[1:])
		}
		if rest == "" || strings.IndexByte("sSdxXocCbBfeEgGn%", rest[0]) < 0 {
			return nil, badFormat("'%%%s' has no conversion that is supported: one of s d x o c b f e g n %%", start)
		}
		if max(s.width, s.prec) > 1<<20 {
			return nil, badFormat("'%%%s' asks for too much text", start)
		}
		s.conv, format = rest[0], rest[1:]
		s.spec = "%" + start[:len(start)-len(format)]
		switch {
		case s.conv == 'n' || s.conv == '%':
			s.arg = -1
		case explicit:
			s.arg = number - 1
		case same:
			s.arg = last
		default:
			s.arg = next
			next++
		}
		if s.arg >= 0 {
			last = s.arg
		}
		specs = append(specs, s)
	}
}

// leadingInt reads the digits at the beginning of s.
func leadingInt(s string) (n int, rest string) {
	for len(s) > 0 && s[0]-'0' < 10 && n < 1<<24 {
		n = n*10 + int(s[0]-'0')
		s = s[1:]
	}
	return n, s
}

func (s *specifier) has(flag string) bool { return strings.Contains(s.flags, flag) }

// append writes the text and the argument.
func (s *specifier) append(dst []byte, args []*batch.Vec, i int) ([]byte, error) {
	dst = append(dst, s.text...)
	switch s.conv {
	case 0:
		return dst, nil
	case 'n':
		return append(dst, '\n'), nil
	case '%':
		return s.pad(dst, "%"), nil
	}
	if s.arg < 0 || s.arg >= len(args) {
		return dst, badFormat("no argument for '%s'", s.spec)
	}
	text, err := s.format(args[s.arg], i)
	if err != nil {
		return dst, err
	}
	if strings.IndexByte("SXCBEG", s.conv) >= 0 {
		text = string(appendUpper(nil, []byte(text)))
	}
	return s.pad(dst, text), nil
}

// pad fills up to the width with blanks.
func (s *specifier) pad(dst []byte, text string) []byte {
	gap := strings.Repeat(" ", max(0, s.width-units([]byte(text))))
	if s.has("-") {
		return append(append(dst, text...), gap...)
	}
	return append(append(dst, gap...), text...)
}

// format is the argument's text without the padding of blanks.
func (s *specifier) format(v *batch.Vec, i int) (string, error) {
	null := v.IsNull(i)
	row := kernel.At(v, i)
	t := v.Type
	switch s.conv {
	case 'b', 'B':
		return s.cut(map[bool]string{true: "true", false: "false"}[!null && (t.Kind != types.Boolean || v.B[row])]), nil
	case 's', 'S':
		if null {
			return s.cut("null"), nil
		}
		return s.cut(javaString(v, row)), nil
	}
	if null {
		return s.cut("null"), nil
	}
	whole := t.IsInteger() || t.Kind == types.Date || t.Kind == types.Time || t.IsInterval()
	switch {
	case whole && strings.IndexByte("dxXo", s.conv) >= 0:
		return s.whole(integerAt(v, row), t)
	case whole && t.Phys() != types.PhysI64 && (s.conv == 'c' || s.conv == 'C'):
		n := integerAt(v, row)
		if n < 0 || n > unicode.MaxRune {
			return "", badFormat("%d is no character, for '%s'", n, s.spec)
		}
		return string(rune(n)), nil
	case t.IsApprox() && strings.IndexByte("feEgG", s.conv) >= 0:
		return s.approx(v, row), nil
	}
	return "", badFormat("'%s' does not take a %s", s.spec, t.WithNull(true))
}

// cut is the text up to the precision.
func (s *specifier) cut(text string) string {
	if s.prec < 0 {
		return text
	}
	return string(appendUnits(nil, []byte(text), 0, s.prec))
}
