package kinesisanalyticsv2

import (
	"strings"
	"testing"
)

// The error of a traceback stays readable from its first line on, however long
// the frames before it and the lists behind it are.
func TestCutKeepsTheError(t *testing.T) {
	frames := "Traceback (most recent call last):\n" + strings.Repeat("  File \"main.py\", line 7, in main\n    t_env.execute_sql(ddl)\n", 20)
	first := "ValidationException: Unsupported options: 'scan.stream.initps' (did you mean 'scan.stream.initpos'?)"
	for name, text := range map[string]string{
		"short": first,
		"long":  frames + first,
		"lists": frames + first + "\n\nSupported options:\n" + strings.Repeat("some.option\n", 100) + "(the remedy)",
	} {
		got := cut(text)
		if len(got) > maxReason || !strings.Contains(got, first) {
			t.Errorf("%s: %d bytes: %s", name, len(got), got)
		}
		if strings.HasSuffix(text, "(the remedy)") && !strings.HasSuffix(got, "(the remedy)") {
			t.Errorf("%s: the remedy is gone: %s", name, got)
		}
	}
	if got := cut(frames + first); !strings.HasPrefix(got, "Traceback") {
		t.Errorf("the beginning is gone: %s", got)
	}
}
