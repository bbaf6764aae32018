package ckpt

import (
	"bytes"
	"strings"
	"testing"

	"weir/internal/vfs"
)

// checkpoint writes checkpoint id with one operator's state in two groups.
func checkpoint(t *testing.T, s *Store, id int64) {
	t.Helper()
	w, err := s.Begin(id)
	if err != nil {
		t.Fatal(err)
	}
	f, err := w.Task("task-0")
	if err != nil {
		t.Fatal(err)
	}
	f.Operator("op-a", "Sum")
	for g, data := range []string{"first", "", "third"} {
		if err := f.Write("keys", g, 1, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(&Manifest{ID: id}); err != nil {
		t.Fatal(err)
	}
}

// contents is the state in c as text.
func contents(t *testing.T, c *Checkpoint) string {
	t.Helper()
	o, ok := c.Manifest.Operator("op-a")
	if !ok {
		t.Fatal("the operator is not in the manifest")
	}
	var s strings.Builder
	err := c.Read(o, "keys", func(g int) bool { return g != 1 }, func(g, _ int, data []byte) error {
		s.WriteByte(byte('0' + g))
		s.Write(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.String()
}

func TestLatestIsTheNewestCompleteOne(t *testing.T) {
	fs := vfs.NewMem()
	s, err := OpenStore(fs, "chk")
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.Latest(); c != nil || err != nil {
		t.Fatalf("an empty store has %v, %v", c, err)
	}
	checkpoint(t, s, 3)
	checkpoint(t, s, 11)
	if _, err := s.Begin(12); err != nil { // and is never completed
		t.Fatal(err)
	}
	c, err := s.Latest()
	if err != nil || c.Manifest.ID != 11 || contents(t, c) != "0first2third" {
		t.Fatalf("got %+v, %v", c, err)
	}
	if _, err := OpenStore(fs, "chk"); err != nil {
		t.Fatal(err)
	}
	if last, err := s.LastID(); err != nil || last != 11 {
		t.Errorf("what was half-written is still there: %d, %v", last, err)
	}
	if err := s.Retain(1); err != nil {
		t.Fatal(err)
	}
	if names, err := fs.List("chk"); err != nil || len(names) != 1 || names[0] != "chk-11" {
		t.Errorf("retained %v, %v", names, err)
	}
}

// Every byte of a checkpoint, flipped or cut off, is noticed and named, and the
// checkpoint before is used.
func TestDamageIsFoundWhereverItIs(t *testing.T) {
	for _, name := range []string{"MANIFEST", "task-0"} {
		fs := vfs.NewMem()
		s, err := OpenStore(fs, "chk")
		if err != nil {
			t.Fatal(err)
		}
		checkpoint(t, s, 1)
		checkpoint(t, s, 2)
		path := "chk/chk-2/" + name
		good, err := vfs.ReadFile(fs, path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range good {
			flipped := bytes.Clone(good)
			flipped[i] ^= 0x10
			for how, data := range map[string][]byte{"flipped": flipped, "cut": good[:i]} {
				if how == "cut" && i == len(good)-1 && name == "MANIFEST" {
					continue // the last line feed says nothing
				}
				damage(t, fs, s, path, data, how, i)
			}
		}
		if err := vfs.WriteFile(fs, path, good); err != nil {
			t.Fatal(err)
		}
		if c, err := s.Latest(); err != nil || c.Manifest.ID != 2 {
			t.Errorf("the whole file is refused: %v, %v", c, err)
		}
	}
}

func damage(t *testing.T, fs vfs.FS, s *Store, path string, data []byte, how string, i int) {
	t.Helper()
	if err := vfs.WriteFile(fs, path, bytes.Clone(data)); err != nil { // a file may use the buffer
		t.Fatal(err)
	}
	c, err := s.Latest()
	if err != nil || c.Manifest.ID != 1 || len(c.Damaged) != 1 {
		t.Errorf("%s %s at %d: got %+v, %v", path, how, i, c, err)
		return
	}
	if msg := c.Damaged[0].Error(); !strings.Contains(msg, "chk/chk-2") || !strings.Contains(msg, "damaged") {
		t.Errorf("%s %s at %d: %s", path, how, i, msg)
	}
}

func TestWhenAllAreDamagedNothingIsGuessed(t *testing.T) {
	fs := vfs.NewMem()
	s, err := OpenStore(fs, "chk")
	if err != nil {
		t.Fatal(err)
	}
	checkpoint(t, s, 1)
	if err := vfs.WriteFile(fs, "chk/chk-1/task-0", []byte("firstthirD")); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Latest(); c != nil || err == nil {
		t.Errorf("got %+v, %v", c, err)
	}
}

func FuzzDecode(f *testing.F) {
	good, err := encode(&Manifest{Version: FormatVersion, ID: 7})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"Version":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := Decode(data); err == nil && (m.Version < 1 || m.Version > FormatVersion) {
			t.Errorf("version %d is accepted", m.Version)
		}
	})
}
