// Package tableau prints rows as Flink's TableResult.print() does.
//
// Vocabulary. A Table has columns of fixed width: by their types for a query,
// whose rows may never end, or fitted to the cells of a short answer. Widths
// are in terminal cells: a full-width character takes two.
//
// It knows nothing of where rows come from.
package tableau

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"

	"weir/internal/types"
)

// MaxWidth is the width beyond which a cell is cut (table.display.max-column-width).
const MaxWidth = 30

// Table prints rows.
type Table struct {
	// Null stands for NULL.
	Null   string
	names  []string
	widths []int
	kinds  bool
}

// New makes a table of columns as wide as their types need; with kinds each
// row begins with its kind of change.
func New(columns []types.Field, kinds bool, null string) *Table {
	t := &Table{Null: null, kinds: kinds}
	if kinds {
		t.names, t.widths = []string{"op"}, []int{2}
	}
	for _, c := range columns {
		t.names = append(t.names, c.Name)
		t.widths = append(t.widths, max(displayWidth(c.Name), typeWidth(c.Type), len(t.Null)))
	}
	return t
}

// typeWidth is the width of a type's longest value.
func typeWidth(t types.Type) int {
	switch t.Kind {
	case types.TinyInt:
		return 4
	case types.SmallInt:
		return 6
	case types.Int:
		return 11
	case types.BigInt:
		return 20
	case types.Decimal:
		return int(t.Prec) + 2
	case types.Boolean:
		return 5
	case types.Date:
		return 10
	case types.Time:
		return fraction(8, t.Prec, t.Prec+1)
	case types.Timestamp, types.TimestampLTZ:
		return fraction(19, t.Prec, 1+(t.Prec+2)/3*3)
	}
	return MaxWidth
}

func fraction(base int, precision, more int32) int {
	if precision == 0 {
		return base
	}
	return base + int(more)
}

// Fitted makes a table of columns as wide as their names and the cells of all
// its rows, without kinds of change.
func Fitted(columns []types.Field, rows [][]*string, null string) *Table {
	t := &Table{Null: null}
	for i, c := range columns {
		n := displayWidth(c.Name)
		for _, r := range rows {
			n = max(n, displayWidth(t.text(r[i])))
		}
		t.names, t.widths = append(t.names, c.Name), append(t.widths, min(n, MaxWidth))
	}
	return t
}

// Header prints the columns' names.
func (t *Table) Header(w io.Writer) {
	t.border(w)
	t.line(w, t.names)
	t.border(w)
}

// Row prints a row.
func (t *Table) Row(w io.Writer, kind string, cells []*string) {
	texts := make([]string, 0, len(t.widths))
	if t.kinds {
		texts = append(texts, kind)
	}
	for _, c := range cells {
		texts = append(texts, t.text(c))
	}
	t.line(w, texts)
}

// Footer prints how many rows there were.
func (t *Table) Footer(w io.Writer, rows int) {
	switch rows {
	case 0:
		fmt.Fprintln(w, "Empty set")
		return
	case 1:
		t.border(w)
		fmt.Fprintln(w, "1 row in set")
	default:
		t.border(w)
		fmt.Fprintf(w, "%d rows in set\n", rows)
	}
}

func (t *Table) text(c *string) string {
	if c == nil {
		return t.Null
	}
	return *c
}

func (t *Table) border(w io.Writer) {
	var b strings.Builder
	b.WriteByte('+')
	for _, n := range t.widths {
		b.WriteString(strings.Repeat("-", n+2))
		b.WriteByte('+')
	}
	fmt.Fprintln(w, b.String())
}

func (t *Table) line(w io.Writer, texts []string) {
	var b strings.Builder
	b.WriteByte('|')
	for i, s := range texts {
		b.WriteByte(' ')
		if displayWidth(s) > t.widths[i] {
			s = pad(truncate(s, t.widths[i]-3), t.widths[i]-3) + "..."
		}
		b.WriteString(pad(s, t.widths[i]))
		b.WriteString(" |")
	}
	fmt.Fprintln(w, b.String())
}

// pad puts spaces before s.
func pad(s string, n int) string { return strings.Repeat(" ", max(0, n-displayWidth(s))) + s }

// truncate is the longest beginning of s that fits.
func truncate(s string, n int) string {
	used := 0
	for i, r := range s {
		if used += runeWidth(r); used > n {
			return s[:i]
		}
	}
	return s
}

func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return 2
	}
	return 1
}
