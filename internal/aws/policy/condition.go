package policy

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// quantifier is a set operator of a condition.
type quantifier uint8

const (
	single quantifier = iota
	forAll
	forAny
)

// condition is one operator on one key; the key's value, or each of them, must
// compare with one of the policy's.
type condition struct {
	key      string // lower-case
	values   []pattern
	compare  func(got, want string) bool // of literals; nil: by pattern
	negated  bool
	ifExists bool
	null     bool
	set      quantifier
}

// operator is how a condition operator compares.
type operator struct {
	mode    mode
	compare func(got, want string) bool
	negated bool
	valid   func(want string) bool // nil: every value is
}

// operatorNamed is the operator of a name without its quantifier and IfExists.
func operatorNamed(name string) (operator, bool) {
	if base, ok := strings.CutPrefix(name, "String"); ok {
		return stringOperator(base)
	}
	for prefix, cmp := range map[string]func(op string) (func(a, b string) bool, func(string) bool){"Numeric": numeric, "Date": date} {
		base, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		negated := base == "NotEquals"
		if negated {
			base = "Equals"
		}
		compare, valid := cmp(base)
		return operator{mode: literalMode, compare: compare, negated: negated, valid: valid}, compare != nil
	}
	switch name {
	case "Bool":
		return operator{mode: literalMode, compare: strings.EqualFold, valid: isBool}, true
	case "BinaryEquals":
		return operator{mode: literalMode, compare: equal}, true
	case "IpAddress":
		return operator{mode: literalMode, compare: within, valid: isNet}, true
	case "NotIpAddress":
		return operator{mode: literalMode, compare: within, valid: isNet, negated: true}, true
	case "ArnEquals", "ArnLike":
		return operator{mode: arnMode}, true
	case "ArnNotEquals", "ArnNotLike":
		return operator{mode: arnMode, negated: true}, true
	}
	return operator{}, false
}

func stringOperator(base string) (operator, bool) {
	switch base {
	case "Equals", "NotEquals":
		return operator{mode: literalMode, compare: equal, negated: base == "NotEquals"}, true
	case "EqualsIgnoreCase", "NotEqualsIgnoreCase":
		return operator{mode: literalMode, compare: strings.EqualFold, negated: strings.HasPrefix(base, "Not")}, true
	case "Like", "NotLike":
		return operator{mode: textMode, negated: base == "NotLike"}, true
	}
	return operator{}, false
}

func equal(a, b string) bool { return a == b }

func isBool(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }

// ordered are the comparisons of numbers and dates.
func ordered(op string) func(cmp int) bool {
	switch op {
	case "Equals":
		return func(c int) bool { return c == 0 }
	case "LessThan":
		return func(c int) bool { return c < 0 }
	case "LessThanEquals":
		return func(c int) bool { return c <= 0 }
	case "GreaterThan":
		return func(c int) bool { return c > 0 }
	case "GreaterThanEquals":
		return func(c int) bool { return c >= 0 }
	}
	return nil
}

func numeric(op string) (func(a, b string) bool, func(string) bool) {
	holds := ordered(op)
	if holds == nil {
		return nil, nil
	}
	return func(a, b string) bool {
			x, errX := strconv.ParseFloat(a, 64)
			y, errY := strconv.ParseFloat(b, 64)
			if errX != nil || errY != nil {
				return false
			}
			switch {
			case x < y:
				return holds(-1)
			case x > y:
				return holds(1)
			}
			return x == y && holds(0)
		}, func(s string) bool {
			_, err := strconv.ParseFloat(s, 64)
			return err == nil
		}
}

func date(op string) (func(a, b string) bool, func(string) bool) {
	holds := ordered(op)
	if holds == nil {
		return nil, nil
	}
	return func(a, b string) bool {
			x, okX := parseDate(a)
			y, okY := parseDate(b)
			return okX && okY && holds(x.Compare(y))
		}, func(s string) bool {
			_, ok := parseDate(s)
			return ok
		}
}

// parseDate reads the W3C's profiles of ISO 8601 and seconds since 1970.
func parseDate(s string) (time.Time, bool) {
	if sec, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) != 4 {
		return time.Unix(sec, 0), true
	}
	for _, layout := range []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z07:00", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func network(s string) (netip.Prefix, bool) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err == nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

func isNet(s string) bool { _, ok := network(s); return ok }

func within(got, want string) bool {
	n, ok := network(want)
	a, err := netip.ParseAddr(got)
	return ok && err == nil && n.Contains(a.Unmap())
}

// newCondition compiles one operator's test of one key; ok is false for an
// operator nobody knows. valid says whether the values are of its kind.
func newCondition(op, key string, values []string, version string) (c condition, valid, ok bool) {
	c.key = strings.ToLower(key)
	name := op
	if rest, found := strings.CutPrefix(name, "ForAllValues:"); found {
		name, c.set = rest, forAll
	} else if rest, found := strings.CutPrefix(name, "ForAnyValue:"); found {
		name, c.set = rest, forAny
	}
	name, c.ifExists = strings.CutSuffix(name, "IfExists")
	valid = true
	var o operator
	if name == "Null" {
		c.null = true
		o = operator{mode: literalMode, compare: strings.EqualFold, valid: isBool}
		ok = !c.ifExists && c.set == single
	} else {
		o, ok = operatorNamed(name)
	}
	if !ok {
		return c, false, false
	}
	c.compare, c.negated = o.compare, o.negated
	for _, v := range values {
		p := compile(v, o.mode, version)
		if o.valid != nil && !p.vars {
			text, _ := p.literal(nil)
			valid = valid && o.valid(text)
		}
		c.values = append(c.values, p)
	}
	return c, valid, true
}

// holds tells whether the request's values meet the condition.
func (c *condition) holds(ctx Context) bool {
	got := valuesOf(ctx, c.key)
	if c.null {
		return c.isAny(strconv.FormatBool(len(got) == 0), ctx)
	}
	if len(got) == 0 {
		return c.ifExists || c.set == forAll || c.negated && c.set == single
	}
	switch c.set {
	case forAll:
		for _, g := range got {
			if c.isAny(g, ctx) == c.negated {
				return false
			}
		}
		return true
	case forAny:
		for _, g := range got {
			if c.isAny(g, ctx) != c.negated {
				return true
			}
		}
		return false
	}
	for _, g := range got {
		if c.isAny(g, ctx) {
			return !c.negated
		}
	}
	return c.negated
}

// isAny tells whether one value compares with one of the policy's.
func (c *condition) isAny(got string, ctx Context) bool {
	for i := range c.values {
		if c.compare == nil {
			if c.values[i].match(got, ctx) {
				return true
			}
			continue
		}
		if want, ok := c.values[i].literal(ctx); ok && c.compare(got, want) {
			return true
		}
	}
	return false
}
