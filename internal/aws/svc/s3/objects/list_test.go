package objects

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/vfs"
)

// TestListAgainstPlainSearch lists random keys in every way and compares with
// a search through all of them.
func TestListAgainstPlainSearch(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := open(t, vfs.NewMem(), seed)
		if err := s.CreateBucket(Bucket{Name: "b", Versioning: []string{"", VersioningEnabled}[seed%2]}); err != nil {
			t.Fatal(err)
		}
		live := map[string]bool{}
		for range 300 {
			key := randomKey(r)
			put(t, s, key, "")
			live[key] = true
		}
		for key := range live {
			if r.IntN(4) == 0 {
				if _, err := s.Delete("b", []Target{{Key: key}}); err != nil {
					t.Fatal(err)
				}
				delete(live, key)
			}
		}
		for range 200 {
			q := Query{Max: 1 + r.IntN(40)}
			if r.IntN(2) == 0 {
				q.Prefix = randomKey(r)[:1]
			}
			if r.IntN(2) == 0 {
				q.Delimiter = []string{"/", "a", "//", "\x00"}[r.IntN(4)]
			}
			if got, want := listed(t, s, q), searched(live, q); !slices.Equal(got, want) {
				t.Fatalf("seed %d %+v:\n got %q\nwant %q", seed, q, got, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func randomKey(r *rand.Rand) string {
	letters := []string{"a", "b", "/", "//", "\x00", "\x01", "\xff", "é", ".", "ab/"}
	var b strings.Builder
	for range 1 + r.IntN(6) {
		b.WriteString(letters[r.IntN(len(letters))])
	}
	return b.String()
}

// listed pages through a listing; prefixes are marked.
func listed(t *testing.T, s *Store, q Query) []string {
	t.Helper()
	all := []string{}
	for {
		page, err := s.List("b", q)
		if err != nil {
			t.Fatal(err)
		}
		var merged []string
		for _, o := range page.Items {
			merged = append(merged, o.Key)
		}
		for _, p := range page.Prefixes {
			merged = append(merged, p+" (prefix)")
		}
		if len(merged) > q.Max {
			t.Fatalf("%d entries on a page of %d", len(merged), q.Max)
		}
		all = append(all, merged...)
		if !page.Truncated {
			sort.Strings(all)
			return all
		}
		q.After = page.Last
	}
}

// searched is what the listing must be.
func searched(live map[string]bool, q Query) []string {
	set := map[string]bool{}
	for key := range live {
		rest, ok := strings.CutPrefix(key, q.Prefix)
		if !ok {
			continue
		}
		if q.Delimiter != "" {
			if head, _, found := strings.Cut(rest, q.Delimiter); found {
				set[q.Prefix+head+q.Delimiter+" (prefix)"] = true
				continue
			}
		}
		set[key] = true
	}
	all := []string{}
	for key := range set {
		all = append(all, key)
	}
	sort.Strings(all)
	return all
}

// TestKeysKeepOrder checks that index keys sort as object keys do and come back.
func TestKeysKeepOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var keys []string
	for range 500 {
		keys = append(keys, randomKey(r))
	}
	sort.Strings(keys)
	for i, key := range keys {
		k := versionKey(9, key, uint64(i))
		got, n, err := splitKey(k)
		if err != nil || got != key || ^n != uint64(i) {
			t.Fatalf("%q comes back as %q, %d, %v", key, got, ^n, err)
		}
		if i > 0 && keys[i-1] < key && string(versionKey(9, keys[i-1], 0)) >= string(k) {
			t.Errorf("%q does not come before %q", keys[i-1], key)
		}
	}
	id, err := newToken(chance{r}, 1<<63+12345)
	if seq, ok := tokenSeq(id); err != nil || !ok || seq != 1<<63+12345 || len(id) != 32 {
		t.Errorf("token %q: %d, %v", id, seq, ok)
	}
	if _, ok := tokenSeq("not one"); ok {
		t.Error("any text is a token")
	}
}

// TestHundredThousand lists 100,000 objects under one prefix, and the prefix
// itself in one step.
func TestHundredThousand(t *testing.T) {
	const n = 100_000
	s := open(t, vfs.NewMem(), 1)
	if err := s.CreateBucket(Bucket{Name: "b"}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := w; i < n; i += 4 {
				put(t, s, fmt.Sprintf("one/prefix/part-%06d", i), "")
			}
		})
	}
	wg.Wait()
	put(t, s, "one/z", "")
	start := time.Now()
	q, count := Query{Prefix: "one/prefix/", Max: 1000}, 0
	for {
		page, err := s.List("b", q)
		if err != nil {
			t.Fatal(err)
		}
		count += len(page.Items)
		if !page.Truncated {
			break
		}
		q.After = page.Last
	}
	if count != n {
		t.Errorf("listed %d", count)
	}
	t.Logf("listed %d in %v", n, time.Since(start))
	page, err := s.List("b", Query{Prefix: "one/", Delimiter: "/", Max: 1000})
	if err != nil || !reflect.DeepEqual(page.Prefixes, []string{"one/prefix/"}) || len(page.Items) != 1 {
		t.Errorf("by delimiter: %v, %d items, %v", page.Prefixes, len(page.Items), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
