package fn

import (
	"encoding/binary"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// valueLists keeps the values of each group in the order they came in, and
// takes the first of equal ones back (ListAggWithRetractAggFunction,
// ArrayAggFunction, FirstValueWithRetractAggFunction …). What it yields of them
// is finish's affair.
type valueLists struct {
	perGroup[valueList]
	nulls  bool // NULLs are values
	finish func(a *valueLists, l *valueList, out *batch.Vec) error
	sep    []byte // the second argument, a literal
	key    []byte
	size   int
}

// valueList is the values of one group, encoded (batch.AppendValue).
type valueList struct {
	vals []string // in order; "" is one that was taken back
	head int      // vals[:head] were taken back
	live int
	// at is where each value stands; it is made when the first is taken back.
	at map[string][]int
	// owed are values that were taken back before they came.
	owed map[string]int64
}

func newValueLists(nulls bool, finish func(*valueLists, *valueList, *batch.Vec) error) func([]types.Type, types.Type) (kernel.Agg, error) {
	return func([]types.Type, types.Type) (kernel.Agg, error) {
		return &valueLists{nulls: nulls, finish: finish}, nil
	}
}

// Add implements kernel.Agg.
func (a *valueLists) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return eachOf(groups, sel, n, func(g int32, i int) error {
		if a.take(args, i) {
			a.add(&a.of[g], string(a.key))
		}
		return nil
	})
}

// Retract implements kernel.Agg.
func (a *valueLists) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return eachOf(groups, sel, n, func(g int32, i int) error {
		if a.take(args, i) {
			a.remove(&a.of[g], string(a.key))
		}
		return nil
	})
}

// take encodes the value of row i into a.key; it is false for a NULL that does
// not count.
func (a *valueLists) take(args []*batch.Vec, i int) bool {
	if !a.nulls && args[0].IsNull(i) {
		return false
	}
	if len(args) > 1 && a.sep == nil {
		a.sep = append([]byte{}, args[1].Bytes(i)...)
	}
	a.key = batch.AppendValue(a.key[:0], args[0], i)
	return true
}

func (a *valueLists) add(l *valueList, v string) {
	if n := l.owed[v]; n > 0 {
		if l.owed[v]--; n == 1 {
			delete(l.owed, v)
		}
		return
	}
	if l.at != nil {
		l.at[v] = append(l.at[v], len(l.vals))
	}
	l.vals = append(l.vals, v)
	l.live++
	a.size += len(v) + 16
}

func (a *valueLists) remove(l *valueList, v string) {
	if l.at == nil {
		l.index()
	}
	places := l.at[v]
	if len(places) == 0 {
		if l.owed == nil {
			l.owed = map[string]int64{}
		}
		l.owed[v]++
		return
	}
	l.vals[places[0]] = ""
	if l.at[v] = places[1:]; len(places) == 1 {
		delete(l.at, v)
	}
	l.live--
	a.size -= len(v) + 16
	for l.head < len(l.vals) && l.vals[l.head] == "" {
		l.head++
	}
	for len(l.vals) > l.head && l.vals[len(l.vals)-1] == "" {
		l.vals = l.vals[:len(l.vals)-1]
	}
	if gone := len(l.vals) - l.live; gone > 16 && gone > l.live {
		l.compact()
	}
}

// index makes l.at.
func (l *valueList) index() {
	l.at = make(map[string][]int, len(l.vals))
	for i, v := range l.vals {
		if v != "" {
			l.at[v] = append(l.at[v], i)
		}
	}
}

// compact leaves out what was taken back.
func (l *valueList) compact() {
	vals := make([]string, 0, l.live)
	for _, v := range l.vals {
		if v != "" {
			vals = append(vals, v)
		}
	}
	l.vals, l.head = vals, 0
	l.index()
}

// Merge implements kernel.Agg.
func (a *valueLists) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*valueLists)
	if a.sep == nil {
		a.sep = o.sep
	}
	for _, v := range o.of[from].vals {
		if v != "" {
			a.add(&a.of[to], v)
		}
	}
	for v, n := range o.of[from].owed {
		for range n {
			a.remove(&a.of[to], v)
		}
	}
	return nil
}

// Result implements kernel.Agg.
func (a *valueLists) Result(g int, out *batch.Vec) error { return a.finish(a, &a.of[g], out) }

// Encode implements kernel.Agg: the separator, the values, those owed.
func (a *valueLists) Encode(g int, buf []byte) []byte {
	l := &a.of[g]
	buf = binary.AppendUvarint(appendText(buf, a.sep), uint64(l.live))
	for _, v := range l.vals {
		if v != "" {
			buf = appendText(buf, v)
		}
	}
	return appendCounts(buf, l.owed)
}

// Decode implements kernel.Agg.
func (a *valueLists) Decode(g int, data []byte) ([]byte, error) {
	sep, data, err := readText(data)
	if err != nil {
		return nil, err
	}
	if a.sep == nil && len(sep) > 0 {
		a.sep = append([]byte{}, sep...)
	}
	n, w := binary.Uvarint(data)
	if w <= 0 {
		return nil, errShort
	}
	data = data[w:]
	l := &a.of[g]
	for range n {
		var v []byte
		if v, data, err = readText(data); err != nil {
			return nil, err
		}
		a.add(l, string(v))
	}
	return readCounts(data, func(v string, n int64) {
		if l.owed == nil {
			l.owed = map[string]int64{}
		}
		l.owed[v] = n
	})
}

// Bytes implements kernel.Agg.
func (a *valueLists) Bytes() int { return a.size + 80*cap(a.of) }

// firstOf and lastOf yield one end of the list.
func firstOf(_ *valueLists, l *valueList, out *batch.Vec) error {
	if l.live == 0 {
		out.AppendNull()
		return nil
	}
	_, err := batch.ReadValue([]byte(l.vals[l.head]), out)
	return err
}

func lastOf(_ *valueLists, l *valueList, out *batch.Vec) error {
	if l.live == 0 {
		out.AppendNull()
		return nil
	}
	_, err := batch.ReadValue([]byte(l.vals[len(l.vals)-1]), out)
	return err
}

// arrayOf yields the values as an array; of none NULL.
func arrayOf(_ *valueLists, l *valueList, out *batch.Vec) error {
	if l.live == 0 {
		out.AppendNull()
		return nil
	}
	for _, v := range l.vals {
		if v == "" {
			continue
		}
		if _, err := batch.ReadValue([]byte(v), out.Kids[0]); err != nil {
			return err
		}
	}
	out.AppendRow()
	return nil
}

// joinedText yields the values, which are texts, one behind the other; of none NULL.
func joinedText(a *valueLists, l *valueList, out *batch.Vec) error {
	if l.live == 0 {
		out.AppendNull()
		return nil
	}
	sep := a.sep
	if sep == nil {
		sep = []byte{','}
	}
	appendJoined(l, sep, out)
	out.EndBytes()
	return nil
}

// jsonArrayOf yields the values, which are JSON, as a JSON array.
func jsonArrayOf(_ *valueLists, l *valueList, out *batch.Vec) error {
	out.Data = append(out.Data, '[')
	appendJoined(l, []byte{','}, out)
	out.Data = append(out.Data, ']')
	out.EndBytes()
	return nil
}

func appendJoined(l *valueList, sep []byte, out *batch.Vec) {
	first := true
	for _, v := range l.vals {
		if v == "" {
			continue
		}
		if !first {
			out.Data = append(out.Data, sep...)
		}
		first = false
		out.Data = append(out.Data, encodedText(v)...)
	}
}

// encodedText is the text that v encodes; of NULL it is null, as JSON has it.
func encodedText(v string) string {
	if v[0] == 0 {
		return "null"
	}
	_, w := binary.Uvarint([]byte(v[1:min(len(v), 1+binary.MaxVarintLen64)]))
	return v[1+w:]
}
