package sqlgateway

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"weir/internal/session"
)

// The states of an operation (OperationStatus).
const (
	running  = "RUNNING"
	finished = "FINISHED"
	failed   = "ERROR"
	canceled = "CANCELED"
	timedOut = "TIMEOUT"
	closed   = "CLOSED"
)

// The kinds of a page (ResultType).
const (
	notReady = "NOT_READY"
	payload  = "PAYLOAD"
	eos      = "EOS"
)

// pageRows bounds the rows of a page.
const pageRows = 5000

// pageWait is how long a fetch waits for rows, or for the statement, before it
// answers that there are none yet: it spares clients and server a round of calls.
const pageWait = 50 * time.Millisecond

// operation is one statement and its result.
type operation struct {
	id     string
	s      *client
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when the statement has been executed

	mu     sync.Mutex
	status string
	err    error
	res    *session.Result

	fetching sync.Mutex // one fetch at a time
	next     int64      // the token of the next page
	last     *page      // the one before
	over     bool
}

// start begins to execute a statement, in the order in which statements came.
func (s *client) start(in *request) (*operation, error) {
	if in.Statement == nil {
		return nil, javaError(validationException, "the request has no statement")
	}
	id, err := s.g.uuid()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	o := &operation{id: id, s: s, cancel: cancel, done: make(chan struct{}), status: running}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		cancel(nil)
		return nil, javaError(gatewayException, "Session '%s' does not exist.", s.id)
	}
	s.ops[id] = o
	s.g.wait.Add(1)
	go o.run(ctx, in)
	return o, nil
}

// run executes the statement.
func (o *operation) run(ctx context.Context, in *request) {
	defer o.s.g.wait.Done()
	defer close(o.done)
	if in.Timeout > 0 {
		var stop func()
		ctx, stop = o.s.g.within(ctx, time.Duration(in.Timeout)*time.Millisecond)
		defer stop()
	}
	res, err := o.execute(ctx, in)
	if res != nil && res.Job != nil && res.Stream == nil {
		o.s.g.keep(res.Job)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.status != running: // cancelled or closed meanwhile
		if res != nil && res.Stream != nil {
			o.drop(res)
		}
	case err != nil && errors.Is(context.Cause(ctx), errTimeout):
		o.status, o.err = timedOut, javaError(executionException, "The statement was not done after its execution timeout of %d ms", in.Timeout)
	case err != nil:
		o.status, o.err = failed, err
	default:
		o.status, o.res = finished, res
	}
}

func (o *operation) execute(ctx context.Context, in *request) (*session.Result, error) {
	select {
	case o.s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-o.s.turn }()
	return o.s.sess.ExecuteWith(ctx, *in.Statement, in.ExecutionConfig)
}

func (o *operation) state() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.status
}

func (o *operation) ended() bool { return o.state() != running }

// stop ends the statement while it executes; ok is false, and was the state it
// is in, when it has ended.
func (o *operation) stop(as string) (was string, ok bool) {
	o.mu.Lock()
	was = o.status
	if ok = was == running; ok {
		o.status = as
		o.err = javaError(executionException, "The operation %s was cancelled.", o.id)
	}
	res := o.res
	o.mu.Unlock()
	o.cancel(context.Canceled)
	if res != nil && res.Stream != nil {
		// Flink leaves the job of a query whose result is being fetched running
		// until the operation is closed; who cancels wants it ended.
		o.drop(res)
		ok = true
		o.mu.Lock()
		o.status, o.res = as, nil
		o.err = javaError(executionException, "The operation %s was cancelled.", o.id)
		o.mu.Unlock()
	}
	return was, ok
}

// close ends the operation and lets go of its result.
func (o *operation) close() {
	o.stop(closed)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status, o.res = closed, nil
}

// drop ends a query.
func (o *operation) drop(res *session.Result) {
	res.Stream.Close()
	o.s.sess.Forget(res.Job)
}

// fetch gives the page of a token: the next one, or the one before once more.
func (o *operation) fetch(ctx context.Context, token int64) (*page, error) {
	ctx, stop := o.s.g.within(ctx, pageWait)
	defer stop()
	select {
	case <-o.done:
	case <-ctx.Done():
		return &page{kind: notReady, next: token}, nil
	}
	o.fetching.Lock()
	defer o.fetching.Unlock()
	o.mu.Lock()
	res, err := o.res, o.err
	o.mu.Unlock()
	switch {
	case err != nil:
		return nil, javaError(executionException, "Failed to execute the operation %s.", o.id).because(err)
	case res == nil:
		return nil, javaError(executionException, "Can not fetch results from the %s in %s status.", o.id, o.state())
	case token == o.next:
	case token == o.next-1 && o.last != nil:
		return o.last, nil
	case o.next == 0:
		return nil, javaError(executionException, "Expecting token to be 0, but found %d.", token)
	default:
		return nil, javaError(executionException, "Expecting token to be %d or %d, but found %d.", o.next, o.next-1, token)
	}
	p := &page{kind: eos, res: res}
	if !o.over {
		if p, err = o.read(ctx, res); err != nil {
			return nil, javaError(executionException, "Failed to execute the operation %s.", o.id).because(err)
		}
	}
	if p.kind == payload {
		o.next++
		o.last = p
	} else { // as in Flink, the rows are gone when the end has been told
		o.over = true
		if o.last != nil {
			o.last = &page{kind: payload, res: res, next: o.next}
		}
	}
	p.next = o.next
	return p, nil
}

// read makes the next page.
func (o *operation) read(ctx context.Context, res *session.Result) (*page, error) {
	p := &page{kind: payload, res: res}
	if res.Stream == nil {
		if len(res.Rows) == 0 || o.next > 0 {
			p.kind = eos
			return p, nil
		}
		p.cells = res.Rows
		return p, nil
	}
	rows, err := res.Stream.Page(ctx, pageRows)
	if err == nil {
		p.rows = rows
		return p, nil
	}
	o.drop(res)
	if errors.Is(err, io.EOF) {
		p.kind = eos
		return p, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.status == finished {
		o.status, o.err = failed, err
	}
	return nil, err
}
