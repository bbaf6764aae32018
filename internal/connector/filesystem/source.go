package filesystem

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/objstore"
	"weir/internal/obs"
)

// source is a table being read.
type source struct {
	t     *table
	env   *connector.Env
	store objstore.Store
}

func newSource(ctx context.Context, env *connector.Env, ct *connector.Table) (connector.Source, error) {
	t, err := parse(ct, env.Formats)
	if err != nil {
		return nil, err
	}
	if t.format.NewDecoder == nil {
		return nil, errs.New(errs.Unsupported, "format.read", "format '%s' can only be written", t.format.Name)
	}
	store, err := t.open(ctx, env)
	if err != nil {
		return nil, err
	}
	return &source{t: t, env: env, store: store}, nil
}

// Bounded implements connector.Source.
func (s *source) Bounded() bool { return s.t.opts.Monitor == nil }

// Identity implements connector.Source.
func (s *source) Identity() string { return s.t.identity() }

// Enumerator implements connector.Source.
func (s *source) Enumerator(_ context.Context, state []byte) (connector.Enumerator, error) {
	e := &enumerator{s: s, seen: map[string]bool{}}
	if len(state) == 0 {
		return e, nil
	}
	var st enumeratorState
	if err := json.Unmarshal(state, &st); err != nil {
		return nil, fmt.Errorf("the enumerator's state in the checkpoint cannot be read: %w", err)
	}
	e.listed = st.Listed
	for _, k := range st.Seen {
		e.seen[k] = true
	}
	return e, nil
}

// Reader implements connector.Source.
func (s *source) Reader(ctx context.Context, _, _ int, _ obs.Scope) (connector.Reader, error) {
	return s.reader(ctx)
}

func (s *source) reader(ctx context.Context) (*reader, error) {
	dec, err := s.t.format.NewDecoder(s.t.config)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, s: s, t: s.t, dec: dec, buf: make([]byte, blockSize), limit: batch.MaxRows,
		ahead: remote(s.store), wake: make(chan struct{}, 1)}
	r.multiline, _ = dec.(multiline)
	return r, nil
}

// enumerator finds the table's files.
type enumerator struct {
	s      *source
	listed bool
	seen   map[string]bool
}

// enumeratorState is what a checkpoint keeps of the enumerator.
type enumeratorState struct {
	Listed bool
	Seen   []string `json:",omitempty"`
}

// Discover implements connector.Enumerator. A table that is read once is
// listed once.
func (e *enumerator) Discover(ctx context.Context) ([]connector.Split, bool, error) {
	more := !e.s.Bounded()
	if e.listed && !more {
		return nil, false, nil
	}
	var found []connector.Split
	err := e.s.store.List(ctx, "", func(o objstore.Object) error {
		if objstore.Hidden(o.Key) || e.seen[o.Key] || e.s.t.regex != nil && !e.s.t.regex.MatchString(e.s.store.Name(o.Key)) {
			return nil
		}
		if len(e.s.t.PartitionKeys) > 0 {
			if _, _, ok := e.s.t.values(o.Key); !ok {
				return nil
			}
		}
		e.seen[o.Key] = true
		p := position{size: o.Size, modified: o.Modified.UnixMilli()}
		found = append(found, connector.Split{ID: o.Key, Position: p.encode()})
		return nil
	})
	if errors.Is(err, objstore.ErrNotFound) {
		if more { // it may come
			return nil, true, nil
		}
		err = errs.New(errs.Failed, "path.missing", "File %s does not exist", e.s.store.Name("")).
			WithHint("check the table's 'path'")
	}
	e.listed = err == nil
	return found, more, err
}

// Finished implements connector.Enumerator.
func (*enumerator) Finished(string) {}

// Interval implements connector.Enumerator.
func (e *enumerator) Interval() int64 {
	if m := e.s.t.opts.Monitor; m != nil {
		return max(1, m.Milliseconds())
	}
	return time.Hour.Milliseconds()
}

// Snapshot implements connector.Enumerator. Which files were seen matters only
// when it looks again.
func (e *enumerator) Snapshot() ([]byte, error) {
	st := enumeratorState{Listed: e.listed}
	if !e.s.Bounded() {
		st.Seen = slices.Sorted(maps.Keys(e.seen))
	}
	return json.Marshal(st)
}

// position is where a split stands, with what its listing told.
type position struct {
	offset   int64 // in the file; of a compressed one in its content
	line     int64 // lines before
	size     int64
	modified int64 // milliseconds
}

func (p position) encode() []byte {
	var b []byte
	for _, n := range []int64{p.offset, p.line, p.size, p.modified} {
		b = binary.AppendVarint(b, n)
	}
	return b
}

func decodePosition(b []byte) (p position, err error) {
	for _, n := range []*int64{&p.offset, &p.line, &p.size, &p.modified} {
		x, k := binary.Varint(b)
		if k <= 0 {
			return p, errors.New("the position of a file in the checkpoint cannot be read")
		}
		*n, b = x, b[k:]
	}
	return p, nil
}
