package lex

import (
	"fmt"
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	toks, err := Tokens("SELECT \"$path\", 'it''s' -- c\n/* x */ , `a`.b, 1.5e3, x->y <> 股票;")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range toks {
		got = append(got, fmt.Sprintf("%d:%s", k.Kind, k.Value))
	}
	want := "1:select 2:$path 6:, 4:it's 6:, 3:a 6:. 1:b 6:, 5:1.5e3 6:, 1:x 6:-> 1:y 6:<> 1:股票 6:; 0:<EOF>"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	for _, bad := range []string{"select 'x", "select \"x", "/* x"} {
		if _, err := Tokens(bad); err == nil {
			t.Errorf("%s must be refused", bad)
		}
	}
	if p := Position("a\nbé c", 6); p != "line 2:4" {
		t.Errorf("position %s", p)
	}
}
