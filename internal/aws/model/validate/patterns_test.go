package validate

import (
	"testing"

	"weir/internal/aws/model"
)

func TestEveryPatternCompiles(t *testing.T) {
	for _, name := range model.Names() {
		s, err := model.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for shape, sh := range s.Shapes {
			if sh.Pattern == "" {
				continue
			}
			if _, err := compilePattern(sh.Pattern); err != nil {
				t.Errorf("%s %s: %v", name, shape, err)
			}
		}
	}
}
