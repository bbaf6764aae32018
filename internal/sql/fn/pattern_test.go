package fn

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestPatternsAgainstJava compares with what java.time's DateTimeFormatter
// (strict) and java.text's SimpleDateFormat (lenient) of JDK 17 answered, in
// UTC and English: testdata/java-patterns.txt, of which a line is
//
//	strict|lenient  bad     pattern
//	strict|lenient  format  pattern  nanoseconds since 1970  =text
//	strict          parse   pattern  text  =seconds.nanoseconds
//	lenient         parse   pattern  text  =milliseconds
//
// with "!" where Java throws.
func TestPatternsAgainstJava(t *testing.T) {
	data, err := os.ReadFile("testdata/java-patterns.txt")
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if got, want := answer(t, strings.Split(line, "\t")), line[strings.LastIndexByte(line, '\t')+1:]; got != want && want != "" {
			t.Errorf("line %d: %s: got %q", n+1, line, got)
		}
	}
}

// answer is what Weir says to a line.
func answer(t *testing.T, f []string) string {
	t.Helper()
	lenient := f[0] == "lenient"
	p, err := compilePattern(f[2], lenient)
	switch {
	case f[1] == "bad" && err != nil:
		return f[2]
	case err != nil && lenient:
		return err.Error()
	case err != nil: // Java refuses some when they are used
		return "!"
	case f[1] == "bad":
		return "a pattern"
	}
	p.century = 2000
	if lenient {
		p.century = 1946
	}
	if f[1] == "format" {
		nanos, err := strconv.ParseInt(f[3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		w := wallOf(nanos, 1_000_000)
		w.zone = "UTC"
		if p.zoned {
			return "!"
		}
		return "=" + string(p.format(nil, &w))
	}
	var x fields
	if !p.parse([]byte(f[3]), &x) {
		return "!"
	}
	day, nanos, ok := x.resolve(lenient)
	switch {
	case !ok:
		return "!"
	case lenient:
		return fmt.Sprintf("=%d", day*dayMillis+nanos/1_000_000-x.off*1000)
	}
	return fmt.Sprintf("=%d.%d", day*86_400+nanos/1_000_000_000, nanos%1_000_000_000)
}
