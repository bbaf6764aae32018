package fn

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// charsets are ENCODE and DECODE.
func charsets() []*Def {
	return []*Def{
		{
			Name: "ENCODE", Family: "string", Usage: "ENCODE(string, charset)",
			Doc:      "The text as bytes in a charset such as UTF-8, UTF-16LE, ISO-8859-1 or US-ASCII; a question mark for what the charset lacks.",
			Examples: []Example{{"DECODE(ENCODE('é', 'ISO-8859-1'), 'ISO-8859-1')", "é"}},
			Infer:    operands(gives(types.BytesType), asText, asText),
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				return charsetKernel(func(cs *charset, dst, s []byte) []byte { return cs.encode(dst, s) }), nil
			},
		},
		{
			Name: "DECODE", Family: "string", Usage: "DECODE(bytes, charset)", Doc: "The bytes, which are text in a charset, as text.",
			Examples: []Example{{"DECODE(X'E9', 'ISO-8859-1')", "é"}},
			Infer:    operands(gives(types.StringType), asBytes, asText),
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				return charsetKernel(func(cs *charset, dst, s []byte) []byte { return cs.decode(dst, s) }), nil
			},
		},
	}
}

func charsetKernel(f func(cs *charset, dst, s []byte) []byte) kernel.Func {
	cache := memo[*charset]{make: newCharset}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		cs, err := cache.get(in[1].Bytes(i))
		if err != nil {
			return err
		}
		out.Data = f(cs, out.Data, in[0].Bytes(i))
		out.EndBytes()
		return nil
	})
}

// charset converts between UTF-8 and another charset. enc is nil for UTF-8
// itself; limit bounds the characters of US-ASCII.
type charset struct {
	enc   encoding.Encoding
	limit rune
}

func newCharset(name string) (*charset, error) {
	iana, err := ianaindex.IANA.Encoding(name)
	if err != nil || iana == nil {
		return nil, errs.New(errs.Failed, "charset.unknown", "no charset '%s'", name).
			WithHint("write UTF-8, UTF-16, UTF-16BE, UTF-16LE, US-ASCII, ISO-8859-1 or another IANA name")
	}
	canonical, err := ianaindex.IANA.Name(iana)
	if err != nil {
		return nil, errs.New(errs.Failed, "charset.unknown", "no charset '%s'", name).Because(err)
	}
	switch canonical {
	case "UTF-8":
		return &charset{}, nil
	case "US-ASCII":
		return &charset{enc: charmap.ISO8859_1, limit: utf8.RuneSelf}, nil
	case "UTF-16":
		return &charset{enc: unicode.UTF16(unicode.BigEndian, unicode.UseBOM), limit: utf8.MaxRune + 1}, nil
	}
	return &charset{enc: iana, limit: utf8.MaxRune + 1}, nil
}

func (c *charset) encode(dst, s []byte) []byte {
	if c.enc == nil {
		return append(dst, s...)
	}
	encoder := c.enc.NewEncoder()
	if c.limit > utf8.MaxRune {
		if b, err := encoder.Bytes(s); err == nil {
			return append(dst, b...)
		}
	}
	for len(s) > 0 {
		r, w := utf8.DecodeRune(s)
		b, err := encoder.Bytes(s[:w])
		if err != nil || r >= c.limit {
			b = []byte{'?'}
		}
		dst, s = append(dst, b...), s[w:]
	}
	return dst
}

func (c *charset) decode(dst, s []byte) []byte {
	if c.enc == nil {
		return appendValid(dst, s)
	}
	if c.limit == utf8.RuneSelf {
		for _, b := range s {
			r := rune(b)
			if r >= c.limit {
				r = utf8.RuneError
			}
			dst = utf8.AppendRune(dst, r)
		}
		return dst
	}
	b, err := c.enc.NewDecoder().Bytes(s)
	if err != nil {
		return utf8.AppendRune(dst, utf8.RuneError)
	}
	return append(dst, b...)
}
