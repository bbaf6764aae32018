// Command gen writes Weir's AWS shapes out of AWS's public service models.
//
// For every directory internal/aws/model/<service> with an ops.txt it reads
// <service>/<newest version>/service-2.json(.gz) of a botocore data directory
// and writes
//
//	internal/aws/model/<service>/model.json        the model, trimmed to the listed operations, without prose
//	internal/aws/api/<service>/zz_shapes.go        one Go struct a structure shape, constants for enums
//	doc/reference/aws-operations.md                the operations served, for people
//	internal/aws/api/apitest/zz_inputs.go          every operation's input and output, for tests that walk them all
//
// Run it from the repository root (`make generate` does, with the pinned botocore):
//
//	python3 -m venv .venv && .venv/bin/pip install botocore==1.43.11
//	go run ./internal/aws/model/gen -botocore "$(.venv/bin/python -c 'import botocore,os;print(os.path.dirname(botocore.__file__))')/data"
//
// The output depends on nothing but the models and the ops.txt files: running
// it twice changes nothing.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"io"
	"log"
	"slices"
	"strings"

	"weir/internal/aws/model"
	"weir/internal/vfs"
)

func main() {
	log.SetFlags(0)
	data := flag.String("botocore", "", "botocore's data directory")
	root := flag.String("root", ".", "the repository's root")
	flag.Parse()
	if *data == "" {
		log.Fatal("gen: -botocore is needed: the data directory of botocore")
	}
	fs := vfs.OS()
	dirs, err := fs.List(*root + "/internal/aws/model")
	if err != nil {
		log.Fatal("gen: ", err)
	}
	slices.Sort(dirs)
	var done []*model.Service
	for _, dir := range dirs {
		ops, err := vfs.ReadFile(fs, *root+"/internal/aws/model/"+dir+"/ops.txt")
		if err != nil {
			continue // not a service's directory
		}
		s, err := generate(fs, *data, *root, dir, model.ParseOps(string(ops)))
		if err != nil {
			log.Fatalf("gen: %s: %v", dir, err)
		}
		done = append(done, s)
	}
	if err := writeGo(fs, *root+"/internal/aws/api/apitest", "zz_inputs.go", emitInputs(done)); err != nil {
		log.Fatal("gen: ", err)
	}
	if err := fs.MkdirAll(*root+"/doc/reference", 0o755); err != nil {
		log.Fatal("gen: ", err)
	}
	if err := vfs.WriteFile(fs, *root+"/"+coveragePage, emitCoverage(done)); err != nil {
		log.Fatal("gen: ", err)
	}
}

// coveragePage tells people which operations there are.
const coveragePage = "doc/reference/aws-operations.md"

func generate(fs vfs.FS, data, root, service string, ops []string) (*model.Service, error) {
	full, err := read(fs, data, service)
	if err != nil {
		return nil, err
	}
	s, err := trim(full, ops)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return nil, err
	}
	if err := vfs.WriteFile(fs, root+"/internal/aws/model/"+service+"/model.json", append(text, '\n')); err != nil {
		return nil, err
	}
	return s, writeGo(fs, root+"/internal/aws/api/"+service, "zz_shapes.go", emit(s))
}

// writeGo formats Go source and writes it to dir/name.
func writeGo(fs vfs.FS, dir, name string, src []byte) error {
	src, err := format.Source(src)
	if err != nil {
		return fmt.Errorf("the generated code does not parse: %w", err)
	}
	if err := fs.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return vfs.WriteFile(fs, fs.PathJoin(dir, name), src)
}

// read finds the newest version of a service's model.
func read(fs vfs.FS, data, service string) (*model.Service, error) {
	all, err := fs.List(data + "/" + service)
	if err != nil {
		return nil, err
	}
	slices.Sort(all)
	for _, version := range slices.Backward(all) {
		base := data + "/" + service + "/" + version + "/service-2.json"
		text, err := vfs.ReadFile(fs, base)
		if err != nil {
			if text, err = vfs.ReadFile(fs, base+".gz"); err != nil {
				continue
			}
			z, err := gzip.NewReader(bytes.NewReader(text))
			if err != nil {
				return nil, err
			}
			if text, err = io.ReadAll(z); err != nil {
				return nil, err
			}
		}
		s := &model.Service{Name: service}
		return s, json.Unmarshal(text, s)
	}
	return nil, fmt.Errorf("no service-2.json under %s/%s", data, service)
}

// trim keeps the named operations and what they reach.
func trim(full *model.Service, ops []string) (*model.Service, error) {
	s := &model.Service{Name: full.Name, Metadata: full.Metadata, Operations: map[string]*model.Operation{}, Shapes: map[string]*model.Shape{}, Others: []string{}}
	for _, name := range ops {
		op := full.Operations[name]
		if op == nil {
			return nil, fmt.Errorf("ops.txt names %s, which the model does not have", name)
		}
		if s.Operations[name] != nil {
			return nil, fmt.Errorf("ops.txt names %s twice", name)
		}
		s.Operations[name] = op
		reach(full, s, op.Input)
		reach(full, s, op.Output)
		for i := range op.Errors {
			reach(full, s, &op.Errors[i])
		}
	}
	for name := range full.Operations {
		if s.Operations[name] == nil {
			s.Others = append(s.Others, name)
		}
	}
	slices.Sort(s.Others)
	return s, nil
}

func reach(full, s *model.Service, ref *model.Ref) {
	if ref == nil || s.Shapes[ref.Shape] != nil {
		return
	}
	sh := full.Shapes[ref.Shape]
	s.Shapes[ref.Shape] = sh
	for _, r := range []*model.Ref{sh.Member, sh.Key, sh.Value} {
		reach(full, s, r)
	}
	for i := range sh.Members {
		reach(full, s, &sh.Members[i].Ref)
	}
}

// sorted are the keys of a map in order.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func packageDoc(b *bytes.Buffer, s *model.Service) {
	fmt.Fprintf(b, "// Code generated by internal/aws/model/gen. DO NOT EDIT.\n\n")
	fmt.Fprintf(b, "// Package %s has the shapes of %s %s, as far as Weir serves it.\n//\n", s.Name, s.Metadata.ServiceID, s.Metadata.APIVersion)
	fmt.Fprintf(b, "// A required scalar member is a plain value, an optional one a pointer; the aws\n")
	fmt.Fprintf(b, "// tag has the member's name on the wire. To add an operation, name it in\n")
	fmt.Fprintf(b, "// internal/aws/model/%s/ops.txt and run `make generate`.\npackage %s\n\n", s.Name, s.Name)
}

// ident makes an enum value a piece of a Go name.
func ident(value string) string {
	var b strings.Builder
	up := true
	for _, r := range value {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			c := string(r)
			if up {
				c = strings.ToUpper(c)
			} else if value == strings.ToUpper(value) {
				c = strings.ToLower(c)
			}
			b.WriteString(c)
			up = false
		default:
			up = true
		}
	}
	return b.String()
}
