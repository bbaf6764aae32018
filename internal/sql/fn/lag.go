package fn

import (
	"encoding/binary"
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
)

// lag is LAG over rows in the order of time: the last rows of a group, as many
// as it looks back and one (LagAggFunction). Rows of one time are all added
// before any is answered, as in Flink.
type lag struct {
	perGroup[lagRows]
	size int
}

// lagRows are the last values, encoded (batch.AppendValue), how far to look
// back, and what stands for a row that is not there ("": NULL).
type lagRows struct {
	seen   bool
	offset int64
	other  string
	last   []string
}

// Add implements kernel.Agg.
func (a *lag) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return eachOf(groups, sel, n, func(g int32, i int) error {
		r := &a.of[g]
		r.seen, r.offset = true, 1
		if len(args) > 1 {
			if r.offset = integerAt(args[1], kernel.At(args[1], i)); r.offset < 0 {
				return fmt.Errorf("Offset(%d) should be positive.", r.offset)
			}
		}
		if len(args) > 2 {
			r.other = string(batch.AppendValue(nil, args[2], i))
		}
		v := string(batch.AppendValue(nil, args[0], i))
		r.last = append(r.last, v)
		a.size += len(v) + 16
		for int64(len(r.last)) > r.offset+1 {
			a.size -= len(r.last[0]) + 16
			r.last = r.last[1:]
		}
		return nil
	})
}

// Retract implements kernel.Agg.
func (*lag) Retract([]int32, []*batch.Vec, []int32, int) error { return errNotRetractable }

// Merge implements kernel.Agg: only into an empty group, for rows are of one
// order.
func (a *lag) Merge(to int, other kernel.Agg, from int) error {
	if a.of[to].seen {
		return fmt.Errorf("rows of two orders cannot be merged")
	}
	a.of[to] = other.(*lag).of[from]
	return nil
}

// Result implements kernel.Agg.
func (a *lag) Result(g int, out *batch.Vec) error {
	r := &a.of[g]
	v := r.other
	if r.seen && int64(len(r.last)) == r.offset+1 {
		v = r.last[0]
	}
	if v == "" {
		out.AppendNull()
		return nil
	}
	_, err := batch.ReadValue([]byte(v), out)
	return err
}

// Encode implements kernel.Agg.
func (a *lag) Encode(g int, buf []byte) []byte {
	r := &a.of[g]
	if !r.seen {
		return append(buf, 0)
	}
	buf = appendText(binary.AppendVarint(append(buf, 1), r.offset), r.other)
	buf = binary.AppendUvarint(buf, uint64(len(r.last)))
	for _, v := range r.last {
		buf = appendText(buf, v)
	}
	return buf
}

// Decode implements kernel.Agg.
func (a *lag) Decode(g int, data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, errShort
	}
	if data[0] == 0 {
		return data[1:], nil
	}
	r := &a.of[g]
	r.seen = true
	data, err := varint(data[1:], &r.offset)
	if err != nil {
		return nil, err
	}
	other, data, err := readText(data)
	if err != nil {
		return nil, err
	}
	r.other = string(other)
	n, w := binary.Uvarint(data)
	if w <= 0 {
		return nil, errShort
	}
	data = data[w:]
	for range n {
		var v []byte
		if v, data, err = readText(data); err != nil {
			return nil, err
		}
		r.last = append(r.last, string(v))
		a.size += len(v) + 16
	}
	return data, nil
}

// Bytes implements kernel.Agg.
func (a *lag) Bytes() int { return a.size + 64*cap(a.of) }
