package main

import (
	"bytes"
	"go/format"
	"slices"
	"testing"

	"weir/internal/aws/model"
	"weir/internal/vfs"
)

// TestUpToDate fails when an ops.txt was changed and `make generate` was not run.
func TestUpToDate(t *testing.T) {
	const remedy = "run `make generate`"
	fs, root := vfs.OS(), "../../../.."
	var all []*model.Service
	for _, name := range model.Names() {
		s, err := model.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
		listed, err := model.Listed(name)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(listed)
		if served := sorted(s.Operations); !slices.Equal(listed, served) {
			t.Errorf("%s: ops.txt has %v, model.json has %v: %s", name, listed, served, remedy)
			continue
		}
		src, err := format.Source(emit(s))
		if err != nil {
			t.Fatal(err)
		}
		same(t, fs, root+"/internal/aws/api/"+name+"/zz_shapes.go", src)
	}
	src, err := format.Source(emitInputs(all))
	if err != nil {
		t.Fatal(err)
	}
	same(t, fs, root+"/internal/aws/api/apitest/zz_inputs.go", src)
	same(t, fs, root+"/"+coveragePage, emitCoverage(all))
}

func same(t *testing.T, fs vfs.FS, name string, want []byte) {
	t.Helper()
	got, err := vfs.ReadFile(fs, name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the generator makes of the models: run `make generate` (%v)", name, err)
	}
}
