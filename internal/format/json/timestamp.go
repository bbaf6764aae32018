package json

import (
	"time"
)

// minute remembers the last minute read: records come in order of time, so
// that most differ only in their seconds.
type minute struct {
	text [16]byte
	unix int64 // seconds
	ok   bool
}

// timestamp reads the format's timestamps: yyyy-MM-ddTHH:mm:ss[.fraction] in
// units of nanos nanoseconds, cut to them. In ISO-8601 the seconds may be left
// out. ok is false for any other text.
func (d *Decoder) timestamp(b []byte, nanos int64) (ts int64, ok bool) {
	if len(b) < 16 {
		return 0, false
	}
	if *(*[16]byte)(b) != d.last.text || !d.last.ok {
		if !d.readMinute(b) {
			return 0, false
		}
	}
	sec, frac := int64(0), int64(0)
	switch {
	case len(b) == 16:
		if !d.iso {
			return 0, false
		}
	case len(b) < 19 || b[16] != ':' || b[17]-'0' > 5 || b[18]-'0' > 9:
		return 0, false
	default:
		sec = int64(b[17]-'0')*10 + int64(b[18]-'0')
		if frac, ok = fraction(b[19:]); !ok {
			return 0, false
		}
	}
	return (d.last.unix+sec)*(1_000_000_000/nanos) + frac/nanos, true
}

// fraction reads "" or "." and up to nine digits, as nanoseconds.
func fraction(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, true
	}
	if b[0] != '.' || len(b) > 10 {
		return 0, false
	}
	n := int64(0)
	for _, c := range b[1:] {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	for k := len(b); k < 10; k++ {
		n *= 10
	}
	return n, true
}

// readMinute reads the first 16 bytes of a timestamp.
func (d *Decoder) readMinute(b []byte) bool {
	sep := b[10]
	if d.iso && sep != 'T' && sep != 't' || !d.iso && sep != ' ' {
		return false
	}
	text := *(*[16]byte)(b)
	text[10] = ' '
	t, err := time.Parse("2006-01-02 15:04", string(text[:]))
	if err != nil {
		return false
	}
	d.last = minute{*(*[16]byte)(b), t.Unix(), true}
	return true
}
