package dialect

import (
	"fmt"
	"strings"
)

// formatted are the functions whose second argument is a format; DuckDB wants
// it constant and in strptime's letters.
func formatted(name string) (duck string, convert func(string) (string, error)) {
	switch name {
	case "date_parse":
		return "strptime", mysqlFormat
	case "date_format":
		return "strftime", mysqlFormat
	case "parse_datetime":
		return "strptime", jodaFormat
	case "format_datetime":
		return "strftime", jodaFormat
	}
	return "", nil
}

// mysqlFormat turns MySQL's letters (date_parse, date_format) into strptime's.
func mysqlFormat(f string) (string, error) {
	same := "aBbdfHjmpSwYyI%"
	other := map[byte]string{
		'M': "%B", 'i': "%M", 'T': "%H:%M:%S", 's': "%S", 'h': "%I", 'k': "%-H", 'l': "%-I", 'c': "%-m", 'e': "%-d",
		'W': "%A", 'r': "%I:%M:%S %p", 'x': "%G", 'v': "%V",
	}
	var b strings.Builder
	for i := 0; i < len(f); i++ {
		if f[i] != '%' || i+1 == len(f) {
			b.WriteByte(f[i])
			continue
		}
		i++
		switch o, ok := other[f[i]]; {
		case ok:
			b.WriteString(o)
		case strings.IndexByte(same, f[i]) >= 0:
			b.WriteString(f[i-1 : i+1])
		default:
			return "", fmt.Errorf("%%%c not supported in date format string", f[i])
		}
	}
	return b.String(), nil
}

// jodaFormat turns Joda-Time's letters (parse_datetime, format_datetime) into
// strptime's.
func jodaFormat(f string) (string, error) {
	letters := map[string]string{
		"y": "%Y", "yyyy": "%Y", "YYYY": "%Y", "yy": "%y", "M": "%-m", "MM": "%m", "MMM": "%b", "MMMM": "%B", "d": "%-d", "dd": "%d",
		"H": "%-H", "HH": "%H", "h": "%-I", "hh": "%I", "m": "%-M", "mm": "%M", "s": "%-S", "ss": "%S", "SSS": "%g", "a": "%p",
		"E": "%a", "EEE": "%a", "EEEE": "%A", "D": "%-j", "DDD": "%j", "Z": "%z", "ZZ": "%z",
	}
	var b strings.Builder
	for i := 0; i < len(f); {
		c := f[i]
		n := i + 1
		switch {
		case c == '\'':
			text, rest := literal(f[i+1:])
			b.WriteString(strings.ReplaceAll(text, "%", "%%"))
			n = len(f) - len(rest)
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			for n < len(f) && f[n] == c {
				n++
			}
			l, ok := letters[f[i:n]]
			if !ok {
				return "", fmt.Errorf("%q is not supported in a datetime format", f[i:n])
			}
			b.WriteString(l)
		case c == '%':
			b.WriteString("%%")
		default:
			b.WriteByte(c)
		}
		i = n
	}
	return b.String(), nil
}

// format rewrites a call of one of the formatted functions.
func (r *rewriter) format(n node, name, duck string, convert func(string) (string, error)) {
	args, _ := n["children"].([]any)
	if len(args) < 2 {
		r.fail(n, "FUNCTION_NOT_FOUND", "Unexpected parameters for function %s. Expected: %s(value, format)", name, name)
		return
	}
	value, _ := dig(args[1], "value").(node)
	f, ok := value["value"].(string)
	if text(dig(args[1], "type")) != "VALUE_CONSTANT" || !ok {
		r.fail(n, "NOT_SUPPORTED", "the format of %s must be a constant string", name)
		return
	}
	out, err := convert(f)
	if err != nil {
		r.fail(n, "INVALID_FUNCTION_ARGUMENT", "%v", err)
		return
	}
	value["value"] = out
	n["function_name"], n["schema"], n["catalog"] = duck, "", ""
}

// literal is the text up to the closing quote, and what follows; two quotes are
// one of the text, and nothing but them (”) is one as well.
func literal(s string) (text, rest string) {
	if strings.HasPrefix(s, "'") {
		return "'", s[1:]
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '\'' {
			text += s[i : i+1]
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			text += "'"
			i++
			continue
		}
		return text, s[i+1:]
	}
	return text, ""
}
