package validate

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"weir/internal/aws/model"
)

// rule is one constraint and its text.
type rule struct {
	text   string
	holds  func(v reflect.Value) bool
	length bool // of a length, which comes before the others in an element's list
	upper  bool
}

// rulesOf are a shape's own constraints in AWS's order: pattern, least, most,
// set of values.
func rulesOf(sh *model.Shape) ([]rule, error) {
	var rules []rule
	if sh.Pattern != "" {
		re, err := compilePattern(sh.Pattern)
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule{
			text:  "Member must satisfy regular expression pattern: " + sh.Pattern,
			holds: func(v reflect.Value) bool { return re.match(v.String()) },
		})
	}
	measure, what := measureOf(sh.Type)
	if measure != nil && sh.Min != nil {
		least := *sh.Min
		rules = append(rules, rule{
			text:  fmt.Sprintf("Member must have %s greater than or equal to %s", what, number(least)),
			holds: func(v reflect.Value) bool { return measure(v) >= least }, length: true,
		})
	}
	if measure != nil && sh.Max != nil {
		most := *sh.Max
		rules = append(rules, rule{
			text:  fmt.Sprintf("Member must have %s less than or equal to %s", what, number(most)),
			holds: func(v reflect.Value) bool { return measure(v) <= most }, length: true, upper: true,
		})
	}
	if len(sh.Enum) > 0 {
		rules = append(rules, rule{
			text:  "Member must satisfy enum value set: [" + strings.Join(sh.Enum, ", ") + "]",
			holds: func(v reflect.Value) bool { return slices.Contains(sh.Enum, v.String()) },
		})
	}
	return rules, nil
}

// bracketed are rules in the order in which AWS lists an element's: most, least,
// then the others.
func bracketed(rules []rule) []rule {
	out := slices.Clone(rules)
	rank := func(r rule) int {
		switch {
		case r.upper:
			return 0
		case r.length:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b rule) int { return rank(a) - rank(b) })
	return out
}

// number is a bound as AWS writes it: 1, 0.5.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// measureOf is what min and max bound of a type.
func measureOf(typ string) (func(reflect.Value) float64, string) {
	switch typ {
	case "string":
		return func(v reflect.Value) float64 { return float64(utf8.RuneCountInString(v.String())) }, "length"
	case "blob", "list", "map":
		return func(v reflect.Value) float64 { return float64(v.Len()) }, "length"
	case "integer", "long":
		return func(v reflect.Value) float64 { return float64(v.Int()) }, "value"
	case "float", "double":
		return func(v reflect.Value) float64 { return v.Float() }, "value"
	}
	return nil, ""
}
