package bind

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// fieldMillis are the lengths of the fields of a day-time interval.
var fieldMillis = map[ast.TimeUnit]int64{ast.Week: 7 * 86_400_000, ast.Day: 86_400_000, ast.Hour: 3_600_000,
	ast.Minute: 60_000, ast.Second: 1000, ast.Millisecond: 1}

// fieldMonths are the lengths of the fields of a year-month interval.
var fieldMonths = map[ast.TimeUnit]int64{ast.Year: 12, ast.Quarter: 3, ast.Month: 1}

// interval checks an interval literal against its qualifier
// (SqlIntervalQualifier.evaluateIntervalLiteral).
func interval(e *ast.Interval) (plan.Expr, error) {
	if e.X != nil {
		return nil, unsupported(e, "an INTERVAL of an expression is")
	}
	t := types.IntervalDSType()
	if fieldMonths[e.Unit.From] > 0 {
		t = types.IntervalYMType()
	}
	n, ok := intervalValue(e.Text, e.Unit)
	if !ok {
		return nil, invalid(e, "literal", "Illegal interval literal format '%s' for INTERVAL %s", e.Text, unitText(e.Unit))
	}
	if err := leadingInRange(e); err != nil {
		return nil, err
	}
	if e.Neg {
		n = -n
	}
	return &plan.Lit{Value: n, T: t.WithNull(false)}, nil
}

// defaultPrecision is how many digits an interval's first field has where its
// qualifier does not say.
const defaultPrecision = 2

// leadingInRange refuses a first field of more digits than its precision
// (SqlIntervalQualifier.checkLeadFieldInRange).
func leadingInRange(e *ast.Interval) error {
	precision := int(e.Unit.Prec)
	if precision < 0 {
		precision = defaultPrecision
	}
	digits := strings.TrimLeft(leadingDigits.FindString(e.Text), "0")
	if len(digits) <= precision {
		return nil
	}
	return invalid(e, "literal", "Interval field value %s exceeds precision of %s(%d) field", digits, e.Unit.From, precision).
		WithHint("write %s(%d)", e.Unit.From, len(digits))
}

var leadingDigits = regexp.MustCompile(`\d+`)

func unitText(u ast.IntervalUnit) string {
	if u.To == ast.NoUnit {
		return u.From.String()
	}
	return fmt.Sprintf("%s TO %s", u.From, u.To)
}

// fieldOrder are the fields of a compound interval, in order, with what stands
// between one and the next.
var fieldOrder = []struct {
	unit ast.TimeUnit
	sep  string
}{{ast.Year, "-"}, {ast.Month, ""}, {ast.Day, " "}, {ast.Hour, ":"}, {ast.Minute, ":"}, {ast.Second, ""}}

// intervalValue is the value in months or milliseconds.
func intervalValue(text string, u ast.IntervalUnit) (int64, bool) {
	to := u.To
	if to == ast.NoUnit {
		to = u.From
	}
	units, pattern := []ast.TimeUnit{}, `^\s*([+-]?)`
	on := false
	for _, f := range fieldOrder {
		on = on || f.unit == u.From
		if !on {
			continue
		}
		units = append(units, f.unit)
		pattern += `(\d+)`
		if f.unit == ast.Second {
			pattern += `(?:\.(\d{1,9}))?`
		}
		if f.unit == to {
			break
		}
		pattern += regexp.QuoteMeta(f.sep)
	}
	if !on {
		units, pattern = []ast.TimeUnit{u.From}, pattern+`(\d+)`
	}
	m := regexp.MustCompile(pattern + `\s*$`).FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	sum := int64(0)
	for i, unit := range units {
		n, err := strconv.ParseInt(m[2+i], 10, 64)
		if err != nil {
			return 0, false
		}
		sum += n * (fieldMillis[unit] + fieldMonths[unit])
	}
	if units[len(units)-1] == ast.Second {
		frac := (m[len(m)-1] + "000")[:3]
		ms, err := strconv.ParseInt(frac, 10, 64)
		if err != nil {
			return 0, false
		}
		sum += ms
	}
	if m[1] == "-" {
		sum = -sum
	}
	return sum, true
}
