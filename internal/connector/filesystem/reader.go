package filesystem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/format"
)

// blockSize is how much is read at once; a record that is longer makes the
// buffer grow, up to maxRecord.
const (
	blockSize = 512 << 10
	maxRecord = 256 << 20
	// A record over several lines that is longer than this has a quote that
	// was never closed.
	maxLines = 1 << 20
)

// multiline is a decoder whose records may span lines.
type multiline interface{ Continues(line []byte) bool }

// reader reads the files assigned to it, one after the other.
type reader struct {
	ctx       context.Context
	s         *source
	t         *table
	dec       format.Decoder
	multiline multiline // nil: a record is a line
	queue     []split
	in        io.ReadCloser // of queue[0]; nil when it is not open
	ahead     bool          // files are read in the background
	wake      chan struct{} // told when there is more of one that is
	buf       []byte
	from, to  int // what was read and not decoded
	scanned   int // how much of it has no line end
	eof       bool
	view      batch.Batch // the columns of the file
	limit     int         // the most rows of a Poll
	last      split       // where the last Poll began
}

// split is a file with where it stands.
type split struct {
	key string
	at  position
}

// Add implements connector.Reader.
func (r *reader) Add(splits []connector.Split) error {
	for _, s := range splits {
		p, err := decodePosition(s.Position)
		if err != nil {
			return err
		}
		r.queue = append(r.queue, split{s.ID, p})
	}
	return nil
}

// Poll implements connector.Reader.
func (r *reader) Poll(dst *batch.Batch) (f connector.Fetch, ok bool, err error) {
	if len(r.queue) == 0 {
		return f, false, nil
	}
	s := &r.queue[0]
	if r.in == nil {
		if err := r.open(s); err != nil {
			return f, false, err
		}
	}
	r.view.Cols, r.view.N, r.view.Kinds = r.view.Cols[:0], dst.N, dst.Kinds
	for _, c := range r.t.data {
		r.view.Cols = append(r.view.Cols, dst.Cols[c])
	}
	r.last = *s
	before, rows := s.at.offset, dst.N
	done, err := r.decode(s)
	if errors.Is(err, errNotYet) {
		if r.view.N == rows {
			return f, false, nil
		}
		err = nil
	}
	if err != nil {
		return f, false, err
	}
	dst.N, dst.Kinds = r.view.N, r.view.Kinds
	if err := r.constants(dst, s, dst.N-rows); err != nil {
		return f, false, err
	}
	f = connector.Fetch{Split: s.key, Done: done, Bytes: s.at.offset - before}
	if done {
		err = r.in.Close()
		r.in, r.queue = nil, r.queue[1:]
	}
	return f, true, err
}

// open opens s where it stands.
func (r *reader) open(s *split) error {
	r.from, r.to, r.scanned, r.eof = 0, 0, 0, false
	key, at := s.key, s.at.offset
	open := func(ctx context.Context) (io.ReadCloser, error) {
		in, err := openFile(ctx, r.s.store, key, at)
		if err != nil {
			return nil, fmt.Errorf("opening %s: %w", r.s.store.Name(key), err)
		}
		return in, nil
	}
	if r.ahead {
		r.in = readAhead(r.ctx, r.wake, open)
		return nil
	}
	var err error
	r.in, err = open(r.ctx)
	return err
}

// decode appends rows until the batch is full; done says that the file is at
// its end.
func (r *reader) decode(s *split) (done bool, err error) {
	for r.view.N < r.limit {
		i := bytes.IndexByte(r.buf[r.from+r.scanned:r.to], '\n')
		if i < 0 {
			r.scanned = r.to - r.from
			if r.eof {
				if r.from == r.to {
					return true, nil
				}
				if err := r.record(s, r.buf[r.from:r.to:r.to], 0); err != nil {
					return false, err
				}
				continue
			}
			if err := r.fill(); errors.Is(err, errNotYet) {
				return false, err
			} else if err != nil {
				return false, fmt.Errorf("reading %s: %w", r.s.store.Name(s.key), err)
			}
			continue
		}
		end := r.from + r.scanned + i
		rec := r.buf[r.from:end]
		if r.multiline != nil && len(rec) < maxLines && r.multiline.Continues(rec) && !(r.eof && end+1 == r.to) {
			r.scanned += i + 1
			continue
		}
		if err := r.record(s, rec, 1); err != nil {
			return false, err
		}
	}
	return false, nil
}

// record decodes one record, which has ends bytes of line end behind it.
func (r *reader) record(s *split, rec []byte, ends int) error {
	line := rec
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if err := r.dec.Decode(line, &r.view); err != nil {
		return errs.New(errs.Failed, "record", "%s, line %d", r.s.store.Name(s.key), s.at.line+1).Because(err)
	}
	n := len(rec) + ends
	s.at.offset += int64(n)
	s.at.line++
	if r.scanned > 0 && r.multiline != nil {
		s.at.line += int64(bytes.Count(rec, []byte{'\n'}))
	}
	r.from += n
	r.scanned = 0
	return nil
}

// fill reads on, behind what is not decoded yet.
func (r *reader) fill() error {
	if r.from > 0 {
		copy(r.buf, r.buf[r.from:r.to])
		r.from, r.to = 0, r.to-r.from
	}
	if r.to == len(r.buf) {
		if len(r.buf) >= maxRecord {
			return fmt.Errorf("a record is longer than %d bytes", maxRecord)
		}
		bigger := make([]byte, 2*len(r.buf))
		copy(bigger, r.buf)
		r.buf = bigger
	}
	n, err := r.in.Read(r.buf[r.to:])
	r.to += n
	if errors.Is(err, io.EOF) {
		r.eof, err = true, nil
	}
	return err
}

// Locate implements connector.Locator: it reads the file again from where the last
// Poll began.
func (r *reader) Locate(row int) string {
	again, err := r.s.reader(r.ctx)
	if err != nil {
		return ""
	}
	again.ahead = false
	defer again.Close()
	s := r.last
	if err := again.open(&s); err != nil {
		return ""
	}
	rows := batch.New(r.t.Fields, 0)
	for _, c := range r.t.data {
		again.view.Cols = append(again.view.Cols, rows.Cols[c])
	}
	var line, offset int64
	for again.limit = row; again.limit <= row+1; again.limit++ { // up to the row; the row
		line, offset = s.at.line, s.at.offset
		if done, err := again.decode(&s); done || err != nil {
			return ""
		}
	}
	name := r.s.store.Name(s.key)
	from := again.from - int(s.at.offset-offset)
	if from < 0 {
		return fmt.Sprintf("%s, line %d", name, line+1)
	}
	text := bytes.TrimRight(again.buf[from:again.from], "\r\n")
	if r.multiline == nil { // lines before it that gave no row
		text, line = text[bytes.LastIndexByte(text, '\n')+1:], s.at.line-1
	}
	return fmt.Sprintf("%s, line %d: %s", name, line+1, format.Shorten(text))
}

// constants appends what the path tells to the columns that hold it, n times.
func (r *reader) constants(dst *batch.Batch, s *split, n int) error {
	if n == 0 {
		return nil
	}
	if len(r.t.keys) > 0 {
		values, null, _ := r.t.values(s.key)
		for k, c := range r.t.keys {
			if c < 0 {
				continue
			}
			if err := appendParsed(dst.Cols[c], r.t.PartitionKeys[k], values[k], null[k], n); err != nil {
				return err
			}
		}
	}
	for c, m := range r.t.Metadata {
		if m == "" {
			continue
		}
		v, name := dst.Cols[c], r.s.store.Name(s.key)
		for range n {
			switch m {
			case "file.path":
				v.AppendString(name)
			case "file.name":
				v.AppendString(path.Base(name))
			case "file.size":
				v.AppendI64(s.at.size)
			case "file.modification-time":
				v.AppendI64(s.at.modified * v.Type.UnitsPerMilli())
			}
		}
	}
	return nil
}

// Wake implements connector.Reader: files come with Add only, but what is read in
// the background comes when it comes.
func (r *reader) Wake() <-chan struct{} { return r.wake }

// Positions implements connector.Reader.
func (r *reader) Positions() ([]connector.Split, error) {
	out := make([]connector.Split, len(r.queue))
	for i, s := range r.queue {
		out[i] = connector.Split{ID: s.key, Position: s.at.encode()}
	}
	return out, nil
}

// Close implements connector.Reader.
func (r *reader) Close() error {
	if r.in == nil {
		return nil
	}
	in := r.in
	r.in = nil
	return in.Close()
}
