package expr

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	keys := []Key{{"ticker", "string"}, {"year", "int"}, {"day", "date"}}
	rows := [][]string{{"AAPL", "2021", "2021-06-01"}, {"AMZN", "9", "2021-06-02"}, {"__HIVE_DEFAULT_PARTITION__", "10", "2021-07-01"}}
	for text, want := range map[string]string{
		"":                                       "0 1 2",
		"ticker = 'AAPL'":                        "0",
		"ticker <> 'AAPL' AND year > 9":          "2",
		"year > 9":                               "0 2",
		"'9' < year or ticker='AMZN'":            "0 1 2",
		"year BETWEEN 9 AND 10":                  "1 2",
		"year NOT BETWEEN 9 AND 10":              "0",
		"ticker IN ('AAPL', 'MSFT')":             "0",
		"ticker NOT IN ('AAPL')":                 "1 2",
		"ticker LIKE 'A%' and not year = 9":      "0",
		"ticker like 'A__N'":                     "1",
		"(ticker = 'X' or year=9) and year != 8": "1",
		"day >= date '2021-06-02'":               "1 2",
		"ticker is null":                         "2",
		"`ticker` is not null":                   "0 1",
	} {
		e, err := Parse(text, keys)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for i, r := range rows {
			if e(r) {
				got = append(got, string(rune('0'+i)))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", text, got, want)
		}
	}
	for _, bad := range []string{"price > 1", "ticker", "ticker = ", "ticker = 'A' or", "ticker in ()", "(ticker = 'A'", "ticker = 'A' garbage", "ticker ~ 'A'"} {
		if _, err := Parse(bad, keys); err == nil {
			t.Errorf("%q must be refused", bad)
		}
	}
}
