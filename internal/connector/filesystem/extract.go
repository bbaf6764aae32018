package filesystem

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"weir/internal/errs"
)

// extractor finds the time in a partition's values
// (DefaultPartTimeExtractor).
type extractor struct {
	keys    []string
	pattern string
	layouts [][]token
	zone    *time.Location
}

// token is a run of one letter of a Java date pattern, or a literal.
type token struct {
	letter  byte // 0: literal
	width   int
	exact   bool // another number follows at once
	literal string
}

func newExtractor(t *table) (*extractor, error) {
	e := &extractor{keys: t.PartitionKeys, pattern: t.opts.Pattern, zone: t.zone}
	patterns := []string{"yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"}
	if t.opts.Formatter != "" {
		patterns = []string{t.opts.Formatter}
	}
	for _, p := range patterns {
		tokens, err := compile(p)
		if err != nil {
			return nil, err
		}
		e.layouts = append(e.layouts, tokens)
	}
	return e, nil
}

// compile reads a DateTimeFormatter pattern of numbers.
func compile(pattern string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return nil, errs.New(errs.Invalid, "option.value", "'partition.time-extractor.timestamp-formatter' = '%s' has an open quote", pattern)
			}
			text := pattern[i+1 : i+1+end]
			if text == "" {
				text = "'"
			}
			tokens = append(tokens, token{literal: text})
			i += end + 2
		case strings.IndexByte("yuMdHmsS", c) >= 0:
			n := 1
			for i+n < len(pattern) && pattern[i+n] == c {
				n++
			}
			if len(tokens) > 0 && tokens[len(tokens)-1].letter != 0 {
				tokens[len(tokens)-1].exact = true
			}
			tokens = append(tokens, token{letter: c, width: n, exact: c == 'S'})
			i += n
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			return nil, errs.New(errs.Unsupported, "option.value", "'partition.time-extractor.timestamp-formatter' = '%s': the letter %c is not supported", pattern, c).
				WithHint("use y, M, d, H, m, s, S and quoted text")
		default:
			tokens = append(tokens, token{literal: string(c)})
			i++
		}
	}
	return tokens, nil
}

// read reads text by tokens; the time is in zone.
func read(tokens []token, text string, zone *time.Location) (time.Time, bool) {
	at := map[byte]int{'y': 1970, 'M': 1, 'd': 1}
	nanos := 0
	for _, t := range tokens {
		if t.letter == 0 {
			rest, ok := strings.CutPrefix(text, t.literal)
			if !ok {
				return time.Time{}, false
			}
			text = rest
			continue
		}
		n := 0
		for n < len(text) && text[n] >= '0' && text[n] <= '9' && (!t.exact || n < t.width) {
			n++
		}
		x, err := strconv.Atoi(text[:n])
		if err != nil || t.exact && n < t.width {
			return time.Time{}, false
		}
		text = text[n:]
		switch t.letter {
		case 'u':
			at['y'] = x
		case 'S':
			for ; n < 9; n++ {
				x *= 10
			}
			nanos = x
		default:
			at[t.letter] = x
		}
	}
	if text != "" {
		return time.Time{}, false
	}
	return time.Date(at['y'], time.Month(at['M']), at['d'], at['H'], at['m'], at['s'], nanos, zone), true
}

// millis is the time of a partition.
func (e *extractor) millis(values []string) (int64, error) {
	text := ""
	if len(values) > 0 {
		text = values[0]
	}
	if e.pattern != "" {
		order := make([]int, len(e.keys))
		for i := range order {
			order[i] = i
		}
		sort.SliceStable(order, func(a, b int) bool { return len(e.keys[order[a]]) > len(e.keys[order[b]]) })
		text = e.pattern
		for _, k := range order {
			text = strings.ReplaceAll(text, "$"+e.keys[k], values[k])
		}
	}
	for _, l := range e.layouts {
		if t, ok := read(l, text, e.zone); ok {
			return t.UnixMilli(), nil
		}
	}
	return 0, errs.New(errs.Failed, "partition.time", "Text '%s' of a partition could not be parsed as a time", text).
		WithHint("set 'partition.time-extractor.timestamp-pattern' and '…timestamp-formatter' to what the partition columns %s hold", strings.Join(e.keys, ", "))
}
