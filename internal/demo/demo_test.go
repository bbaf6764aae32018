package demo

import (
	"strings"
	"testing"
	"time"
)

func TestAveragesOfWholeMinutes(t *testing.T) {
	start := time.Date(2026, 1, 5, 9, 30, 0, 0, time.UTC)
	all := ticks(start)
	want := averages(all)
	if len(want) != minutes*len(tickers) {
		t.Fatalf("%d windows, want %d", len(want), minutes*len(tickers))
	}
	last := all[len(all)-1]
	if end := start.Add(minutes * time.Minute); last.at.Before(end.Add(5 * time.Second)) {
		t.Errorf("the last record, at %s, does not move the watermark past %s", last.at, end)
	}
	for _, x := range all {
		if !strings.Contains(string(x.json()), `"ticker": "`+x.ticker+`"`) {
			t.Fatalf("record %s lacks its ticker", x.json())
		}
	}
}

func TestCompareFindsEveryKindOfFault(t *testing.T) {
	w, x := window{"A", "2026-01-05 09:31:00"}, window{"B", "2026-01-05 09:31:00"}
	for name, c := range map[string]struct {
		got  map[window]float64
		want string
	}{
		"equal":      {map[window]float64{w: 1 + 1e-12}, ""},
		"wrong":      {map[window]float64{w: 1.1}, "wrong: A"},
		"missing":    {map[window]float64{}, "missing: A"},
		"unexpected": {map[window]float64{w: 1, x: 2}, "unexpected: B"},
	} {
		err := compare(c.got, map[window]float64{w: 1})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
