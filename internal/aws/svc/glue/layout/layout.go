// Package layout decides which folders of a crawled prefix are tables and which
// are partitions: Glue's grouping rules as pure functions over folders whose
// files have been classified.
//
// Vocabulary. A Leaf is a folder with data files, described by one Schema. From
// the include path down, a folder whose leaves are alike (same classification
// and compression, similar columns, equally deep, the same keys where folders
// are named k=v) is one Table; otherwise each of its folders is looked at on its
// own. Leaves no classifier knows do not split a table that others make up.
//
// Names are Glue's: see TableName.
package layout

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"

	"weir/internal/aws/svc/glue/classify"
)

// Leaf is a folder that holds files.
type Leaf struct {
	Path        string // below the include path: "ticker=AAPL/", "" for itself
	Schema      classify.Schema
	Compression string // none, gzip, …
	Objects     int
	Bytes       int64
}

// Partition is one partition of a Table.
type Partition struct {
	Values []string
	Leaf   Leaf
}

// Table is a table found.
type Table struct {
	Path        string // of its folder below the include path
	Keys        []string
	Partitions  []Partition
	Schema      classify.Schema
	Compression string
	Objects     int
	Bytes       int64
}

// Options are the crawler's grouping settings.
type Options struct {
	Combine bool // TableGroupingPolicy=CombineCompatibleSchemas
	Level   int  // TableLevelConfiguration: folders above it are no tables; 1 is the bucket
	Depth   int  // of the include path itself: 1 for the bucket's root
}

// Tables groups leaves; the order is that of the paths.
func Tables(leaves []Leaf, o Options) []Table {
	known := slices.DeleteFunc(slices.Clone(leaves), func(l Leaf) bool { return l.Schema.Classification == classify.Unknown })
	if len(known) == 0 {
		known = leaves
	}
	if len(known) == 0 {
		return nil
	}
	sort.Slice(known, func(i, j int) bool { return known[i].Path < known[j].Path })
	out := group("", known, o)
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

func group(path string, leaves []Leaf, o Options) []Table {
	depth := o.Depth + strings.Count(path, "/")
	if depth >= o.Level && alike(path, leaves, o.Combine) {
		return []Table{table(path, leaves)}
	}
	var out []Table
	children := map[string][]Leaf{}
	for _, l := range leaves {
		rest := l.Path[len(path):]
		if rest == "" { // files beside folders: a table of their own
			out = append(out, table(path, []Leaf{l}))
			continue
		}
		i := strings.IndexByte(rest, '/')
		children[path+rest[:i+1]] = append(children[path+rest[:i+1]], l)
	}
	for child, ls := range children {
		out = append(out, group(child, ls, o)...)
	}
	return out
}

// alike reports whether the leaves below path are one table.
func alike(path string, leaves []Leaf, combine bool) bool {
	first := leaves[0]
	want := keys(first.Path[len(path):])
	for _, l := range leaves[1:] {
		if l.Schema.Classification != first.Schema.Classification || l.Compression != first.Compression {
			return false
		}
		if !slices.Equal(keys(l.Path[len(path):]), want) {
			return false
		}
		if !combine && !similar(first.Schema, l.Schema) {
			return false
		}
	}
	return true
}

// similar compares columns: by number when the data does not name them, else
// at least 70 % of the names must be shared.
func similar(a, b classify.Schema) bool {
	if !a.Named && !b.Named {
		return len(a.Columns) == len(b.Columns)
	}
	names := map[string]bool{}
	for _, c := range a.Columns {
		names[c.Name] = true
	}
	shared := 0
	for _, c := range b.Columns {
		if names[c.Name] {
			shared++
		}
	}
	most := max(len(a.Columns), len(b.Columns))
	return most == 0 || shared*10 >= most*7
}

// keys are the partition keys of a path: k of k=v, else partition_0, …
func keys(path string) []string {
	var out []string
	for i, part := range parts(path) {
		if k, _, ok := strings.Cut(part, "="); ok && k != "" {
			out = append(out, strings.ToLower(k))
		} else {
			out = append(out, fmt.Sprintf("partition_%d", i))
		}
	}
	return out
}

// Values are the partition values of a path, Hive's escapes undone.
func Values(path string) []string {
	var out []string
	for _, part := range parts(path) {
		v := part
		if k, val, ok := strings.Cut(part, "="); ok && k != "" {
			v = val
		}
		if plain, err := url.PathUnescape(v); err == nil {
			v = plain
		}
		out = append(out, v)
	}
	return out
}

func parts(path string) []string {
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

func table(path string, leaves []Leaf) Table {
	t := Table{Path: path, Keys: keys(leaves[0].Path[len(path):]), Schema: leaves[0].Schema, Compression: leaves[0].Compression}
	t.Schema.Records, t.Schema.Bytes = 0, 0
	for i, l := range leaves {
		if i > 0 {
			t.Schema.Columns = classify.MergeColumns(t.Schema.Columns, l.Schema.Columns)
		}
		t.Schema.Records += l.Schema.Records
		t.Schema.Bytes += l.Schema.Bytes
		t.Objects += l.Objects
		t.Bytes += l.Bytes
		if len(t.Keys) > 0 {
			t.Partitions = append(t.Partitions, Partition{Values(l.Path[len(path):]), l})
		}
	}
	t.Schema.Columns = classify.Finish(t.Schema.Columns)
	if t.Schema.Classification == "csv" && t.Schema.Records < 2 && !t.Schema.Named {
		t.Schema = classify.Schema{Classification: classify.Unknown} // Glue wants two rows to believe in CSV
	}
	return t
}

// TableName is the name of the table of a folder: the last part of its path, or
// the bucket, in lower case, other characters than letters, digits and _
// replaced, cut to 128.
func TableName(prefix, bucket, path string) string {
	base := bucket
	if ps := parts(path); len(ps) > 0 {
		base = ps[len(ps)-1]
	}
	var b strings.Builder
	for _, r := range strings.ToLower(base) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	name := prefix + b.String()
	return name[:min(len(name), 128)]
}

// Distinct is the name of a table whose name another location has taken.
func Distinct(name, location string) string {
	sum := md5.Sum([]byte(location))
	return name[:min(len(name), 128-33)] + "_" + hex.EncodeToString(sum[:])
}
