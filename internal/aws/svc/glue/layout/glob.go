package layout

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Excluder decides which keys a crawl leaves out.
type Excluder struct{ res []*regexp.Regexp }

// NewExcluder reads a target's exclusion patterns: *, **, ?, [] and {a,b},
// relative to the include path.
func NewExcluder(patterns []string) (*Excluder, error) {
	e := &Excluder{}
	for _, p := range patterns {
		re, err := regexp.Compile("^" + glob(p) + "$")
		if err != nil {
			return nil, fmt.Errorf("exclude pattern %q: %w", p, err)
		}
		e.res = append(e.res, re)
	}
	return e, nil
}

// glob is a pattern as a regular expression.
func glob(p string) string {
	var b strings.Builder
	braces := 0
	for i := 0; i < len(p); i++ {
		switch c := p[i]; c {
		case '*':
			if i+1 < len(p) && p[i+1] == '*' {
				b.WriteString(".*")
				i++
			} else {
				b.WriteString("[^/]*")
			}
		case '?':
			b.WriteString("[^/]")
		case '[':
			b.WriteByte('[')
			if i+1 < len(p) && p[i+1] == '!' {
				b.WriteByte('^')
				i++
			}
		case ']':
			b.WriteByte(']')
		case '{':
			braces++
			b.WriteString("(?:")
		case '}':
			braces--
			b.WriteByte(')')
		case ',':
			if braces > 0 {
				b.WriteByte('|')
			} else {
				b.WriteByte(',')
			}
		case '\\':
			if i+1 < len(p) {
				i++
				b.WriteString(regexp.QuoteMeta(p[i : i+1]))
			}
		case '-':
			b.WriteByte('-')
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String()
}

// Skips reports whether a key, relative to the include path, is no data: it is
// excluded, empty, or hidden as Hive, Athena and Glue hide names that begin
// with _ or a dot.
func (e *Excluder) Skips(key string, size int64) bool {
	if size == 0 || strings.HasSuffix(key, "/") {
		return true
	}
	for _, part := range strings.Split(key, "/") {
		if strings.HasPrefix(part, "_") && !strings.Contains(part, "=") || strings.HasPrefix(part, ".") {
			return true
		}
	}
	for _, re := range e.res {
		if re.MatchString(key) {
			return true
		}
	}
	return false
}

// Compression is what an object's name says of it.
func Compression(key string) string {
	switch strings.ToLower(path.Ext(key)) {
	case ".gz", ".gzip":
		return "gzip"
	case ".bz2":
		return "bzip2"
	case ".zip":
		return "zip"
	case ".zst":
		return "zstd"
	case ".snappy":
		return "snappy"
	}
	return "none"
}
