package mathexpr

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// series reads "1 2 _ 4".
func series(label, points string) Series {
	s := Series{Label: label, Points: map[int64]float64{}}
	for i, p := range strings.Fields(points) {
		if v, err := strconv.ParseFloat(p, 64); err == nil {
			s.Points[int64(i)*60] = v
		}
	}
	return s
}

func show(v Value) string {
	if v.Kind == Number {
		return fmt.Sprint("number ", v.Num)
	}
	var all []string
	for _, s := range v.Series {
		var points []string
		for t := int64(0); t < 300; t += 60 {
			p := "_"
			if x, ok := s.Points[t]; ok {
				p = fmt.Sprint(x)
			}
			points = append(points, p)
		}
		all = append(all, strings.Join(points, " "))
	}
	return strings.Join(all, " | ")
}

func env() *Env {
	all := []Series{series("a", "1 2 4 _ 16"), series("b", "10 0 _ 5 2"), series("c", "1 1 1 1 1")}
	return &Env{
		Lookup: func(id string) (Value, error) {
			for _, s := range all {
				if s.Label == id {
					return OneOf(s), nil
				}
			}
			return Value{}, fmt.Errorf("there is no %s", id)
		},
		Metrics: func() []Series { return all },
		Period:  func(string) int64 { return 60 },
		Times:   []int64{0, 60, 120, 180, 240},
	}
}

func eval(source string) (string, error) {
	e, err := Parse(source)
	if err != nil {
		return "", err
	}
	v, err := e.Eval(env())
	return show(v), err
}

func TestExpressions(t *testing.T) {
	data, err := os.ReadFile("testdata/exprs.txt")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		checked++
		if source, want, ok := strings.Cut(line, " error "); ok {
			if _, err := eval(strings.TrimSpace(source)); err == nil || err.Error() != want {
				t.Errorf("line %d: %s: error is %v, want %s", i+1, source, err, want)
			}
			continue
		}
		at := strings.LastIndex(line, " = ")
		got, err := eval(strings.TrimSpace(line[:at]))
		if want := line[at+3:]; err != nil || got != want {
			t.Errorf("line %d: %s is %s (%v), want %s", i+1, line[:at], got, err, want)
		}
	}
	if checked < 50 {
		t.Errorf("only %d expressions were checked", checked)
	}
}

func TestIDs(t *testing.T) {
	e, err := Parse("FILL(m1, REPEAT) + SUM([m2, m1]) * IF(e1 > 1, PERIOD(m3), 2)")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(e.IDs()); got != "[m1 m2 e1 m3]" {
		t.Errorf("ids are %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("SUM([a,b]) / PERIOD(a) + IF(a > 1 && b, 2, -c) ^ 2")
	f.Fuzz(func(t *testing.T, source string) {
		if e, err := Parse(source); err == nil {
			_, _ = e.Eval(env())
		}
	})
}
