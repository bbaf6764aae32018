package udf

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/pyflink/tableapi"
	"weir/internal/types"
)

// Spec is a function for given argument types.
type Spec struct {
	// Key is how the program's helper knows it; Name how the user does.
	Key, Name string
	Args      []types.Type
	Result    types.Type
}

// The kinds of a worker's frames.
const (
	frameCall = iota + 1
	frameResult
	frameError
	frameOpen
)

// headLen is the length of a frame's head, with the length itself.
const headLen = 16

// The rows of a frame: the first one is small, to see how slow the function
// is; later ones are made to take targetTime.
const (
	firstRows  = 64
	maxRows    = 8192
	targetTime = time.Second
)

// function is a Func's memory between frames; its task's alone.
type function struct {
	host *Host
	spec Spec
	id   int
	open []byte // the frame that tells a worker of it
	rows int    // of the next frame
	res  *batch.Vec
}

// Func makes the kernel of a function, which it has a worker look at: a function
// that cannot be called is an error now. The kernel is for one goroutine.
func (h *Host) Func(spec Spec) (kernel.Func, error) {
	h.mu.Lock()
	id := h.nextFn
	h.nextFn++
	h.mu.Unlock()
	f := &function{host: h, spec: spec, id: id, rows: firstRows, res: batch.NewVec(spec.Result, 0)}
	args := make([]*tableapi.Type, len(spec.Args))
	for i, a := range spec.Args {
		args[i] = tableapi.TypeOf(a)
	}
	var err error
	if f.open, err = json.Marshal(map[string]any{"key": spec.Key, "args": args, "result": tableapi.TypeOf(spec.Result),
		"time_zone": h.cfg.TimeZone}); err != nil {
		return nil, err
	}
	w, err := h.acquire()
	if err != nil {
		return nil, err
	}
	if err := f.ensureOpen(w); err != nil {
		return nil, err
	}
	h.release(w)
	return f.call, nil
}

// call implements kernel.Func.
func (f *function) call(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
	if sel == nil {
		sel = batch.Seq(0, n)
	}
	scatter := newScatter(out, n)
	for len(sel) > 0 {
		part := sel[:min(f.rows, len(sel))]
		if err := f.frame(in, part); err != nil {
			return err
		}
		scatter.put(part, f.res)
		sel = sel[len(part):]
	}
	scatter.end()
	return nil
}

// frame has a worker compute some rows into f.res.
func (f *function) frame(in []*batch.Vec, sel []int32) error {
	w, err := f.host.acquire()
	if err != nil {
		return err
	}
	if err := f.ensureOpen(w); err != nil {
		return err
	}
	began := f.host.cfg.Clock.Now()
	buf := append(w.buf[:0], make([]byte, headLen)...)
	for _, v := range in {
		buf = appendColumn(buf, v, sel, len(sel))
	}
	w.buf = buf
	body, err := f.exchange(w, frameCall, len(sel))
	if err != nil {
		return err
	}
	c := &cursor{data: body}
	c.column(f.res)
	if c.err != nil || f.res.Len != len(sel) {
		f.host.bury(w, true)
		return errs.New(errs.Bug, "python.frame", "Python function %s: an unreadable answer of a worker: %d rows for %d", f.spec.Name, f.res.Len, len(sel)).Because(c.err)
	}
	f.host.release(w)
	f.resize(len(sel), f.host.cfg.Clock.Now().Sub(began))
	return nil
}

// resize chooses the rows of the next frame.
func (f *function) resize(rows int, took time.Duration) {
	want := maxRows
	if took > 0 {
		want = int(min(int64(maxRows), int64(rows)*int64(targetTime)/int64(took)))
	}
	f.rows = max(1, min(want, 4*max(rows, f.rows)))
}

// ensureOpen tells a worker of the function, if it has not heard of it.
func (f *function) ensureOpen(w *worker) error {
	if _, ok := w.opened[f.id]; ok {
		return nil
	}
	w.opened[f.id] = uint32(len(w.opened))
	w.buf = append(append(w.buf[:0], make([]byte, headLen)...), f.open...)
	_, err := f.exchange(w, frameOpen, 0)
	return err
}

// exchange sends the frame in w.buf, whose head it fills, and waits for the
// answer. With an error the worker has been released, or buried.
func (f *function) exchange(w *worker, kind byte, rows int) ([]byte, error) {
	binary.LittleEndian.PutUint32(w.buf, uint32(len(w.buf)-4))
	w.buf[4] = kind
	binary.LittleEndian.PutUint32(w.buf[8:], w.opened[f.id])
	binary.LittleEndian.PutUint32(w.buf[12:], uint32(rows))
	timeout := f.host.cfg.CallTimeout
	late, stop := f.host.cfg.Clock.After(timeout)
	defer stop()
	if err := w.conn.SetWriteDeadline(f.host.cfg.Clock.Now().Add(timeout)); err != nil {
		return nil, f.lost(w, err)
	}
	if _, err := w.conn.Write(w.buf); err != nil { // the worker reads a frame before it writes one
		return nil, f.lost(w, err)
	}
	select {
	case r := <-w.replies:
		if r.err != nil {
			return nil, f.lost(w, r.err)
		}
		if r.kind == frameError {
			if kind == frameOpen {
				delete(w.opened, f.id)
			}
			f.host.release(w)
			return nil, f.raised(string(r.body))
		}
		return r.body, nil
	case <-late:
		d, _ := f.host.bury(w, true)
		return nil, errs.New(errs.Failed, "python.timeout", "Python function %s did not answer within %s for %d rows; it was in:\n%s",
			f.spec.Name, timeout, rows, strings.TrimSpace(d.Traceback))
	}
}

type reply struct {
	kind byte
	body []byte
	err  error
}

// readFrame reads a worker's frame.
func readFrame(r *bufio.Reader) reply {
	var head [headLen]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return reply{err: err}
	}
	n := int(binary.LittleEndian.Uint32(head[:])) - (headLen - 4)
	if n < 0 {
		return reply{err: fmt.Errorf("a frame of %d bytes", n)}
	}
	body := make([]byte, n)
	_, err := io.ReadFull(r, body)
	return reply{kind: head[4], body: body, err: err}
}

// lost is the error of a worker whose connection ended.
func (f *function) lost(w *worker, err error) error {
	d, known := f.host.bury(w, false)
	if !known {
		return errs.New(errs.Failed, "python.worker", "the worker of Python function %s ended", f.spec.Name).Because(err)
	}
	return errs.New(errs.Failed, "python.worker", "the worker of Python function %s ended: %s", f.spec.Name, d)
}

// raised is the error of a function that raised: its message first, then the traceback.
func (f *function) raised(text string) error {
	message, traceback, _ := strings.Cut(text, "\n")
	return errs.New(errs.Failed, "python.function", "Python function %s failed: %s\n%s", f.spec.Name, message, strings.TrimSpace(traceback))
}

// scatter writes dense results to the selected rows of a vector.
type scatter struct {
	out    *batch.Vec
	n      int
	append bool // the layout has offsets: rows are appended in order
}

func newScatter(out *batch.Vec, n int) *scatter {
	s := &scatter{out: out, n: n}
	switch out.Type.Phys() {
	case types.PhysBytes, types.PhysList, types.PhysRow:
		s.append = true
		out.Reset()
	}
	return s
}

func (s *scatter) put(sel []int32, res *batch.Vec) {
	for k, i := range sel {
		switch {
		case s.append:
			for s.out.Len < int(i) {
				s.out.AppendNull()
			}
			s.out.AppendFrom(res, k)
		case res.IsNull(k):
			s.out.SetNull(int(i))
		default:
			if err := kernel.PutFrom(s.out, int(i), res, k); err != nil {
				panic("udf: " + err.Error()) // both have the function's result type
			}
		}
	}
}

func (s *scatter) end() {
	for s.append && s.out.Len < s.n {
		s.out.AppendNull()
	}
}
