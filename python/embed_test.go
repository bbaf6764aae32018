package python_test

import (
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"

	"weir/python"
)

// TestUnits runs the package's own tests.
func TestUnits(t *testing.T) {
	interpreter := os.Getenv("WEIR_PYTHON")
	if interpreter == "" {
		interpreter = "python3"
	}
	cmd := exec.Command(interpreter, "-m", "unittest", "discover", "-s", "tests", "-t", ".")
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestEveryFileIsCarried checks that the binary has the files whose names begin
// with an underscore, which go:embed leaves out unless told.
func TestEveryFileIsCarried(t *testing.T) {
	n := 0
	err := fs.WalkDir(os.DirFS("."), "pyflink", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".py") {
			return err
		}
		n++
		_, err = fs.Stat(python.Files, name)
		return err
	})
	if err != nil || n < 50 {
		t.Errorf("%d files, %v", n, err)
	}
}
