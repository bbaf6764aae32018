package policy

import (
	"regexp"
	"strings"
	"testing"
)

// expression is a pattern as a regular expression, segment rules included: the
// slow way to say what match says fast.
func expression(text string, m mode) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	segment := 0
	runes := []rune(text)
	for i, r := range runes {
		free := m == textMode || segment >= 5
		one := `[^:]`
		if free {
			one = `.`
		}
		switch r {
		case '*':
			if m == resourceMode && (i+1 == len(runes) || runes[i+1] == ':') {
				one = `.`
			}
			b.WriteString(one + `*`)
		case '?':
			b.WriteString(one)
		case ':':
			segment++
			b.WriteString(`:`)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return regexp.MustCompile(b.String() + `\z`)
}

func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{
		{"*", ""}, {"a*", "abc"}, {"*c", "abc"}, {"a*c", "ac"}, {"a**c", "abc"}, {"a*b*c", "abbc"}, {"?", "é"}, {"*?", "x"}, {"a?*z", "a:z"},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/k:1"}, {"arn:aws:logs:*:*:/aws-glue/*", "arn:aws:logs:r:a:log-group:/aws-glue/x"},
		{"arn:aws:x:a*:b:*c", "arn:aws:x:a:b:cc"}, {"a*:b*c", "a:bx:bzc"}, {"::*:a", "::x:y:a"}, {"*a*a*a*b", "aaaaaaaaab"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, s string) {
		if len(text)+len(s) > 200 || strings.ToValidUTF8(text, "") != text || strings.ToValidUTF8(s, "") != s {
			return
		}
		for _, m := range []mode{textMode, resourceMode, arnMode} {
			p := compile(text, m, "")
			if got, want := p.match(s, nil), expression(text, m).MatchString(s); got != want {
				t.Errorf("mode %d: %q on %q: %v, want %v", m, text, s, got, want)
			}
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username, 'x'}*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`)
	f.Add(`{"Statement":{"Effect":"Deny","Principal":{"AWS":["*"]},"Action":["sts:AssumeRole"]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []Kind{Inline, Managed, Trust} {
			d, err := Check(text, kind, "aws")
			if err != nil {
				continue
			}
			if _, err := Parse(text); err != nil {
				t.Fatalf("%q is stored and cannot be read back: %v", text, err)
			}
			r := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: Values{"aws:sourceip": {"10.0.0.1"}, "aws:username": {"*"}}}
			Evaluate([]*Document{d}, r)
			d.EvaluateTrust(Principal{Service: "glue.amazonaws.com", Account: "012345678901"}, r)
		}
	})
}
