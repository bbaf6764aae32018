package kinesis

import (
	"bytes"
	"crypto/rand"
	"testing"

	"weir/internal/aws/store"
	"weir/internal/vfs"
)

// FuzzIterator gives text of any kind as an iterator: only what was sealed is
// accepted, and it comes back as it was.
func FuzzIterator(f *testing.F) {
	db, err := store.Open(vfs.NewMem(), "meta")
	if err != nil {
		f.Fatal(err)
	}
	seal, err := loadSeal(db, bytes.NewReader(make([]byte, sealKeyLen)))
	if err != nil {
		f.Fatal(err)
	}
	s := &Service{seal: seal}
	f.Add(s.iteratorText(iterator{Made: 1795400387897, UID: 7, Shard: 3, Index: 9, Stream: "kda-input-stream"}), uint64(1))
	f.Add("AAAAAAAAAAE=", uint64(0))
	f.Fuzz(func(t *testing.T, text string, index uint64) {
		if it, err := parseIterator(seal, text); err == nil && it.Stream != "kda-input-stream" {
			t.Fatalf("%q was accepted as %+v", text, it)
		}
		want := iterator{Made: int64(index), UID: index, Shard: uint32(index), Index: index, Stream: text}
		if it, err := parseIterator(seal, s.iteratorText(want)); err != nil || it != want {
			t.Fatalf("%+v came back as %+v, %v", want, it, err)
		}
		if _, err := opened(seal, sealPageToken, s.iteratorText(want)); err == nil {
			t.Fatal("an iterator was accepted as a page token")
		}
	})
}

// TestSealKeyIsKept opens the store twice: what one server sealed, the next opens.
func TestSealKeyIsKept(t *testing.T) {
	fs := vfs.NewMem()
	var text string
	for range 2 {
		db, err := store.Open(fs, "meta")
		if err != nil {
			t.Fatal(err)
		}
		seal, err := loadSeal(db, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if text == "" {
			text = sealed(seal, sealIterator, []byte("x"))
		} else if _, err := opened(seal, sealIterator, text); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
