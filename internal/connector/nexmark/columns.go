package nexmark

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/types"
)

// members are the fields of the three kinds of event, in the order in which
// they are made, with their types.
var members = [][]types.Field{
	personEvent:  fieldsOf("id:l name:s emailAddress:s creditCard:s city:s state:s dateTime:t extra:s"),
	auctionEvent: fieldsOf("id:l itemName:s description:s initialBid:l reserve:l dateTime:t expires:t seller:l category:l extra:s"),
	bidEvent:     fieldsOf("auction:l bidder:l price:l channel:s url:s dateTime:t extra:s"),
}

// names are the columns of the three kinds of event.
var names = []string{"person", "auction", "bid"}

func fieldsOf(text string) []types.Field {
	var fs []types.Field
	var name string
	var kind rune
	for rest := text; rest != ""; {
		n, _ := fmt.Sscanf(rest, "%s", &name)
		if n == 0 {
			break
		}
		rest = rest[min(len(name)+1, len(rest)):]
		kind = rune(name[len(name)-1])
		t := map[rune]types.Type{'l': types.BigIntType, 's': types.StringType, 't': types.TimestampType(3)}[kind]
		fs = append(fs, types.Field{Name: name[:len(name)-2], Type: t})
	}
	return fs
}

// columns puts events into the columns of a batch.
type columns struct {
	kind *batch.Vec // event_type; nil when it is not asked for
	rows [3]*record
}

// record is the row column of one kind of event.
type record struct {
	row *batch.Vec // nil when it is not asked for
	at  int        // the field that comes next
}

// check fails unless the table's columns are the generator's: event_type INT,
// and the rows person, auction and bid.
func check(table string, fields []types.Field) error {
	for _, f := range fields {
		want := types.IntType
		if f.Name != "event_type" {
			kind := -1
			for k, n := range names {
				if n == f.Name {
					kind = k
				}
			}
			if kind < 0 {
				return errs.New(errs.Invalid, "nexmark.column", "table '%s': nexmark has no column '%s'; it has event_type INT and the rows person, auction and bid", table, f.Name)
			}
			want = types.RowType(members[kind]...)
		}
		if !f.Type.SameShape(want) {
			return errs.New(errs.Invalid, "nexmark.column", "table '%s': column '%s' must be %s, it is %s", table, f.Name, want, f.Type)
		}
	}
	return nil
}

func newColumns(fields []types.Field, b *batch.Batch) *columns {
	c := &columns{rows: [3]*record{{}, {}, {}}}
	for i, f := range fields {
		if f.Name == "event_type" {
			c.kind = b.Cols[i]
		}
		for k, n := range names {
			if n == f.Name {
				c.rows[k].row = b.Cols[i]
			}
		}
	}
	return c
}

// begin begins an event of a kind: the rows of the other kinds are NULL.
func (c *columns) begin(kind int) *record {
	if c.kind != nil {
		c.kind.AppendI32(int32(kind))
	}
	for k, r := range c.rows {
		switch {
		case r.row == nil:
		case k == kind:
			r.row.AppendRow()
		default:
			r.row.AppendNull()
		}
	}
	c.rows[kind].at = 0
	return c.rows[kind]
}

func (r *record) field() *batch.Vec {
	if r.row == nil {
		return nil
	}
	r.at++
	return r.row.Kids[r.at-1]
}

func (r *record) long(x int64) {
	if v := r.field(); v != nil {
		v.AppendI64(x)
	}
}

func (r *record) bytes(b []byte) {
	if v := r.field(); v != nil {
		v.AppendBytes(b)
	}
}

func (r *record) text(s string) {
	if v := r.field(); v != nil {
		v.AppendString(s)
	}
}
