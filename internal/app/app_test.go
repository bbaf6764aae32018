package app

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/rogpeppe/go-internal/txtar"

	"weir/internal/vfs"
)

// TestBundles runs testdata/bundles.txt. A case "open" is an archive in txtar
// form: the files of the zip, "options" beside them being the run options as
// key=value lines; "text" is PLAINTEXT code.
func TestBundles(t *testing.T) {
	datadriven.RunTest(t, "testdata/bundles.txt", func(t *testing.T, d *datadriven.TestData) string {
		mem := vfs.NewMem()
		var b *Bundle
		var err error
		switch d.Cmd {
		case "open":
			data, props := makeZip(t, d.Input)
			b, err = OpenBytes(mem, data, "app", props)
		case "text":
			b, err = OpenText(mem, d.Input, "app", nil)
		}
		if err != nil {
			return err.Error()
		}
		var out strings.Builder
		fmt.Fprintf(&out, "%s %s\n", b.Kind, b.Entry)
		for _, p := range b.PyFiles {
			fmt.Fprintf(&out, "path %s\n", p)
		}
		for _, n := range b.Notes {
			fmt.Fprintf(&out, "note %s\n", n)
		}
		if _, err := mem.Stat(b.Entry); err != nil {
			t.Fatal(err)
		}
		return out.String()
	})
}

func makeZip(t *testing.T, text string) ([]byte, Properties) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	var props Properties
	for _, f := range txtar.Parse([]byte(text)).Files {
		if f.Name == "options" {
			m := map[string]string{}
			for line := range strings.Lines(string(f.Data)) {
				k, v, _ := strings.Cut(strings.TrimSpace(line), "=")
				m[k] = v
			}
			props = Properties{{RunOptions, m}}
			continue
		}
		h := &zip.FileHeader{Name: f.Name}
		if strings.HasPrefix(f.Name, "link") {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes(), props
}

func TestOpenFile(t *testing.T) {
	mem := vfs.NewMem()
	data, props := makeZip(t, "-- options --\npython=a.py\n-- a.py --\nprint(1)\n")
	if err := vfs.WriteFile(mem, "app.zip", data); err != nil {
		t.Fatal(err)
	}
	b, err := Open(mem, "app.zip", "work/app", props)
	if err != nil {
		t.Fatal(err)
	}
	got, err := vfs.ReadFile(mem, b.PropertiesPath)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseProperties(got)
	if err != nil || len(back) != 1 || back[0].PropertyMap["python"] != "a.py" {
		t.Fatalf("properties came back as %v, %v", back, err)
	}
	if _, err := OpenBytes(mem, []byte("not a zip"), "x", nil); err == nil {
		t.Fatal("no zip was accepted")
	}
}

func TestProfile(t *testing.T) {
	for runtime, want := range map[string]string{"FLINK-1_11": "1.11", "FLINK-1_20": "1.20", "FLINK-2_2": "2.2", "FLINK-9_9": "", "FLINK-": "", "1.11": "", "SQL-1_0": "", "ZEPPELIN-FLINK-3_0": ""} {
		got, err := Profile(runtime)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Profile(%s) = %q, %v", runtime, got, err)
		}
	}
}
