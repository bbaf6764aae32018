package store

import (
	"testing"

	"weir/internal/vfs"
)

func TestScanStopsAtItsPrefix(t *testing.T) {
	db, err := Open(vfs.NewMem(), "meta")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tab := NewTable[string](db, "streams")
	other := NewTable[string](db, "streams2")
	for _, k := range [][]string{{"us-east-1", "a"}, {"us-east-1", "b"}, {"us-east-12", "c"}, {"us-east-1\x00", "d"}} {
		if err := tab.Put(k[1], k...); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Put("x", "us-east-1", "x"); err != nil {
		t.Fatal(err)
	}
	var got string
	for v, err := range tab.Scan([]string{"us-east-1"}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		got += v
	}
	if got != "ab" {
		t.Errorf("scan of us-east-1 gave %q, want ab", got)
	}
	got = ""
	for v, err := range tab.Scan([]string{"us-east-1"}, []string{"us-east-1", "a"}) {
		if err != nil {
			t.Fatal(err)
		}
		got += v
	}
	if got != "b" {
		t.Errorf("scan after a gave %q, want b", got)
	}
}

func TestTransactionIsAllOrNothing(t *testing.T) {
	db, err := Open(vfs.NewMem(), "meta")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	good, bad := NewTable[int](db, "g"), NewTable[chan int](db, "b")
	tx := db.Begin()
	good.PutTx(tx, 1, "k")
	bad.PutTx(tx, make(chan int), "k")
	if tx.Commit() == nil {
		t.Fatal("a value that cannot be encoded was committed")
	}
	if _, ok, _ := good.Get("k"); ok {
		t.Error("half a transaction is visible")
	}
}
