package filesystem

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/types"
)

// escaped are the bytes that Hive's and Flink's paths do not have
// (PartitionPathUtils.CHAR_TO_ESCAPE): '}' is not among them.
var escaped = func() (set [256]bool) {
	for c := range 0x20 {
		set[c] = true
	}
	for _, c := range []byte("\x7f\"#%'*/:=?\\{[]^") {
		set[c] = true
	}
	return set
}()

// appendEscaped appends a key or value as it stands in a path.
func appendEscaped(buf, text []byte) []byte {
	for _, c := range text {
		if escaped[c] {
			buf = append(buf, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		} else {
			buf = append(buf, c)
		}
	}
	return buf
}

// unescape reads what appendEscaped wrote; a % without two hexadecimal digits
// stands for itself.
func unescape(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	buf := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if c, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				buf = append(buf, byte(c))
				i += 2
				continue
			}
		}
		buf = append(buf, text[i])
	}
	return string(buf)
}

// appendPartition appends the directory of row i, "k1=v1/k2=v2/".
func (t *table) appendPartition(buf []byte, b *batch.Batch, i int) []byte {
	for k, c := range t.keys {
		buf = append(appendEscaped(buf, []byte(t.PartitionKeys[k])), '=')
		v := b.Cols[c]
		var text []byte
		if !v.IsNull(i) {
			text = connector.AppendText(nil, v, i)
		}
		if len(text) == 0 {
			text = []byte(t.opts.DefaultName)
		}
		buf = append(appendEscaped(buf, text), '/')
	}
	return buf
}

// appendGroup appends the partition values of row i in some form that differs
// where they do.
func (t *table) appendGroup(buf []byte, b *batch.Batch, i int) []byte {
	for _, c := range t.keys {
		v := b.Cols[c]
		if v.IsNull(i) {
			buf = append(buf, 0)
			continue
		}
		from := len(buf)
		buf = connector.AppendText(append(buf, 1), v, i)
		if len(t.keys) > 1 {
			buf = strconv.AppendInt(append(buf, 0), int64(len(buf)-from), 10)
		}
	}
	return buf
}

// values are the partition values in a key, the text of each column, "" for
// the default partition. ok is false when a directory is missing.
func (t *table) values(key string) (values []string, null []bool, ok bool) {
	dirs := strings.Split(key, "/")
	dirs = dirs[:len(dirs)-1]
	values, null = make([]string, len(t.PartitionKeys)), make([]bool, len(t.PartitionKeys))
	for k, name := range t.PartitionKeys {
		found := false
		for _, d := range dirs {
			if dk, dv, is := strings.Cut(d, "="); is && unescape(dk) == name {
				values[k], found = unescape(dv), true
			}
		}
		if !found {
			return nil, nil, false
		}
		if null[k] = values[k] == t.opts.DefaultName; null[k] {
			values[k] = ""
		}
	}
	return values, null, true
}

// appendParsed appends text, a partition value, n times to v.
func appendParsed(v *batch.Vec, name, text string, null bool, n int) error {
	one := batch.NewVec(v.Type, 1)
	if null {
		one.AppendNull()
	} else if err := parseValue(one, text); err != nil {
		return errs.New(errs.Failed, "partition.value", "partition value '%s' of column '%s' is no %s", text, name, v.Type).Because(err)
	}
	for range n {
		v.AppendFrom(one, 0)
	}
	return nil
}

func parseValue(v *batch.Vec, text string) error {
	switch v.Type.Kind {
	case types.Boolean:
		v.AppendBool(strings.EqualFold(text, "true"))
	case types.Float, types.Double:
		f, err := strconv.ParseFloat(text, 64)
		if v.Type.Kind == types.Float {
			v.AppendF32(float32(f))
		} else {
			v.AppendF64(f)
		}
		return err
	case types.Char, types.VarChar:
		v.AppendString(text)
	case types.Date:
		// Flink writes the number of days and reads a date; both are read here.
		if day, err := strconv.ParseInt(text, 10, 32); err == nil {
			v.AppendI32(int32(day))
			return nil
		}
		t, err := time.Parse("2006-01-02", text)
		v.AppendI32(int32(floorDiv(t.Unix(), 86400)))
		return err
	case types.Timestamp, types.TimestampLTZ:
		t, err := parseDateTime(text)
		v.AppendI64(t.Unix()*1000*v.Type.UnitsPerMilli() + int64(t.Nanosecond())*v.Type.UnitsPerMilli()/1e6)
		return err
	case types.Decimal:
		return parseDecimal(v, text)
	default:
		return parseInteger(v, text)
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func parseDateTime(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("'%s' is no time", text)
}

func parseInteger(v *batch.Vec, text string) error {
	switch v.Type.Phys() {
	case types.PhysI8:
		n, err := strconv.ParseInt(text, 10, 8)
		v.AppendI8(int8(n))
		return err
	case types.PhysI16:
		n, err := strconv.ParseInt(text, 10, 16)
		v.AppendI16(int16(n))
		return err
	case types.PhysI32:
		n, err := strconv.ParseInt(text, 10, 32)
		v.AppendI32(int32(n))
		return err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	v.AppendI64(n)
	return err
}

func parseDecimal(v *batch.Vec, text string) error {
	whole, frac, _ := strings.Cut(text, ".")
	if len(frac) > int(v.Type.Scale) {
		return fmt.Errorf("it has more than %d decimal places", v.Type.Scale)
	}
	digits := whole + frac + strings.Repeat("0", int(v.Type.Scale)-len(frac))
	if v.Type.Phys() == types.PhysI64 {
		n, err := strconv.ParseInt(digits, 10, 64)
		v.AppendI64(n)
		return err
	}
	return fmt.Errorf("partition columns of %s are not supported; 18 digits are the most", v.Type)
}
