package fn

import (
	"bytes"
	"strconv"
	"strings"

	"weir/internal/batch"
	"weir/internal/types"
)

// urls are the functions of URLs.
func urls() []*Def {
	return []*Def{
		{
			Name: "URL_ENCODE", Family: "string", Usage: "URL_ENCODE(string)", Doc: "The string as application/x-www-form-urlencoded.", Since: "1.19",
			Examples: []Example{{"URL_ENCODE('a b/é')", "a+b%2F%C3%A9"}},
			Infer:    nullable(signature(gives(types.StringType), wantText)),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				return appendURL(dst, in[0].Bytes(i)), true
			}),
		},
		{
			Name: "URL_DECODE", Family: "string", Usage: "URL_DECODE(string)", Since: "1.19",
			Doc:      "The text whose application/x-www-form-urlencoded form the string is; NULL when it is none.",
			Examples: []Example{{"URL_DECODE('a+b%2F')", "a b/"}, {"URL_DECODE('%zz')", "NULL"}},
			Infer:    nullable(signature(gives(types.StringType), wantText)),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				return unURL(dst, in[0].Bytes(i))
			}),
		},
		{
			Name: "PARSE_URL", Family: "string", Usage: "PARSE_URL(url, part[, key])",
			Doc:      "A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE or USERINFO; with a key, the value it has in the QUERY. NULL when there is none.",
			Examples: []Example{{"PARSE_URL('http://facebook.com/path1/p.php?k1=v1&k2=v2#Ref1', 'QUERY', 'k1')", "v1"}, {"PARSE_URL('http://a.b/c?d', 'PATH')", "/c"}},
			Infer: nullable(overloads(operands(gives(types.StringType), asText, asText),
				operands(gives(types.StringType), asText, asText, asText))),
			Compile: textRow(parseURL),
		},
	}
}

func appendURL(dst, s []byte) []byte {
	for _, b := range s {
		switch {
		case b-'a' < 26, b-'A' < 26, b-'0' < 10, strings.IndexByte(".-*_", b) >= 0:
			dst = append(dst, b)
		case b == ' ':
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', "0123456789ABCDEF"[b>>4], "0123456789ABCDEF"[b&15])
		}
	}
	return dst
}

func unURL(dst, s []byte) ([]byte, bool) {
	start := len(dst)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			dst = append(dst, ' ')
		case '%':
			if i+2 >= len(s) {
				return dst, false
			}
			n, err := strconv.ParseUint(string(s[i+1:i+3]), 16, 8)
			if err != nil {
				return dst, false
			}
			dst = append(dst, byte(n))
			i += 2
		default:
			dst = append(dst, s[i])
		}
	}
	return appendValid(dst[:start], bytes.Clone(dst[start:])), true
}

func parseURL(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
	u, ok := javaURL(string(in[0].Bytes(i)))
	if !ok {
		return dst, false
	}
	part := string(in[1].Bytes(i))
	if len(in) == 2 {
		s, ok := u.part(part)
		return append(dst, s...), ok
	}
	if part != "QUERY" || u.query == nil {
		return dst, false
	}
	for _, kv := range strings.Split(*u.query, "&") {
		if v, ok := strings.CutPrefix(kv, string(in[2].Bytes(i))+"="); ok {
			return append(dst, v...), true
		}
	}
	return dst, false
}

// javaURLParts are the parts of a java.net.URL; nil for one that is null.
type javaURLParts struct {
	protocol, host, path            string
	authority, userInfo, query, ref *string
}

func (u *javaURLParts) part(name string) (string, bool) {
	opt := func(s *string) (string, bool) {
		if s == nil {
			return "", false
		}
		return *s, true
	}
	switch name {
	case "HOST":
		return u.host, true
	case "PATH":
		return u.path, true
	case "PROTOCOL":
		return u.protocol, true
	case "QUERY":
		return opt(u.query)
	case "REF":
		return opt(u.ref)
	case "AUTHORITY":
		return opt(u.authority)
	case "USERINFO":
		return opt(u.userInfo)
	case "FILE":
		if u.query != nil {
			return u.path + "?" + *u.query, true
		}
		return u.path, true
	}
	return "", false
}

// javaURL reads a URL as java.net.URL does, which is more lenient than the
// standards; ok is false for one that it refuses.
func javaURL(s string) (u *javaURLParts, ok bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if len(s) >= 4 && strings.EqualFold(s[:4], "url:") {
		s = s[4:]
	}
	scheme, rest, found := strings.Cut(s, ":")
	u = &javaURLParts{protocol: strings.ToLower(scheme)}
	switch u.protocol {
	case "http", "https", "ftp", "file", "mailto", "jar":
	default:
		return nil, false
	}
	if !found {
		return nil, false
	}
	if k := strings.IndexByte(rest, '#'); k >= 0 {
		u.ref = new(rest[k+1:])
		rest = rest[:k]
	}
	if k := strings.IndexByte(rest, '?'); k >= 0 {
		u.query = new(rest[k+1:])
		rest = rest[:k]
	}
	if strings.HasPrefix(rest, "//") && !strings.HasPrefix(rest, "////") {
		rest = rest[2:]
		k := strings.IndexByte(rest, '/')
		if k < 0 {
			k = len(rest)
		}
		if !u.setAuthority(rest[:k]) {
			return nil, false
		}
		rest = rest[k:]
	}
	u.path = rest
	if u.authority != nil && rest != "" && rest[0] != '/' {
		u.path = "/" + rest
	}
	return u, true
}

// setAuthority takes [userInfo@]host[:port].
func (u *javaURLParts) setAuthority(a string) bool {
	u.authority = &a
	host := a
	switch at := strings.IndexByte(a, '@'); {
	case at >= 0 && at == strings.LastIndexByte(a, '@'):
		u.userInfo, host = new(a[:at]), a[at+1:]
	case at >= 0:
		host = ""
	}
	port := ""
	if strings.HasPrefix(host, "[") {
		k := strings.IndexByte(host, ']')
		if k < 3 || k+1 < len(host) && host[k+1] != ':' {
			return false
		}
		port, host = strings.TrimPrefix(host[k+1:], ":"), host[:k+1]
	} else {
		host, port, _ = strings.Cut(host, ":")
	}
	u.host = host
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && n >= -1
}
