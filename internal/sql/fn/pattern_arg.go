package fn

import (
	"strings"
	"time"

	"weir/internal/batch"
	"weir/internal/kernel"
)

// patternOf gives the pattern of each row: that of a literal argument, or the
// one a column says, compiled anew when it changes; yyyy-MM-dd HH:mm:ss when
// the argument is left out.
func patternOf(env *Env, args []Arg, at int, lenient bool) (func(in []*batch.Vec, i int) (*pattern, error), error) {
	compile := func(text string) (*pattern, error) {
		p, err := compilePattern(text, lenient)
		if err == nil && lenient {
			p.century = int64(env.Clock.Now().UTC().Year()) - 80
		}
		return p, err
	}
	text, literal := standardPattern, at >= len(args)
	if !literal {
		text, literal = args[at].Literal.(string)
	}
	if literal {
		p, err := compile(text)
		return func([]*batch.Vec, int) (*pattern, error) { return p, nil }, err
	}
	var last *pattern
	return func(in []*batch.Vec, i int) (*pattern, error) {
		b := in[at].Bytes(kernel.At(in[at], i))
		if last == nil || string(b) != text {
			p, err := compile(string(b))
			if err != nil {
				return nil, err
			}
			last, text = p, string(b)
		}
		return last, nil
	}, nil
}

// instant reads text by a lenient pattern as milliseconds since 1970 UTC.
func (p *pattern) instant(text []byte, z *zone) (millis int64, ok bool) {
	var f fields
	if !p.parse(text, &f) {
		return 0, false
	}
	day, nanos, _ := f.resolve(true)
	millis = day*dayMillis + nanos/1_000_000
	if f.has&hasOffset != 0 {
		return millis - f.off*1000, true
	}
	return z.instant(millis, 1), true
}

// lenientZone is z as java.util.Calendar takes it.
func lenientZone(z *zone) *zone {
	z.latestOfTwo = true
	return z
}

// wall is the wall-clock time at a second.
func (z *zone) wall(sec int64) wall {
	off := z.offset(sec)
	name := z.abbreviation
	if z.alwaysUTC {
		name = "UTC"
	}
	day := floorDiv(sec+off, 86_400)
	return wall{day: day, nanos: (sec + off - day*86_400) * 1_000_000_000, off: off, zone: name}
}

// zoneNames finds zones by name and remembers the last; nil for a name that is
// none, or with orGMT that zone (java.util.TimeZone).
func zoneNames(_ *Env, orGMT bool) func(name []byte) *zone {
	var last *zone
	known := ""
	return func(name []byte) *zone {
		if known != "" && string(name) == known {
			return last
		}
		known, last = string(name), nil
		if loc := ZoneByName(known); loc != nil {
			last = lenientZone(zoneAt(loc))
			last.latestOfTwo = orGMT
		} else if orGMT {
			last = zoneAt(nil)
		}
		return last
	}
}

// ZoneByName is a zone of the tz database, or an offset such as +08:00,
// GMT-3 or UTC+05:30; nil when there is none.
func ZoneByName(name string) *time.Location {
	rest := name
	for _, prefix := range []string{"GMT", "UTC", "UT"} {
		if s, ok := strings.CutPrefix(name, prefix); ok {
			rest = s
			break
		}
	}
	if rest == "" || rest == "Z" {
		if name == "" {
			return nil
		}
		return time.UTC
	}
	if rest[0] == '+' || rest[0] == '-' {
		var f fields
		for _, text := range []string{rest, rest[:1] + "0" + rest[1:]} {
			if end, ok := parseOffset([]byte(text), 0, &f); ok && end == len(text) {
				return time.FixedZone(name, int(f.off))
			}
		}
		return nil
	}
	if strings.EqualFold(name, "local") {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}
