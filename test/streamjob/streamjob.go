// Package streamjob runs a query over streams that a test feeds, one feed after the
// other, with as many stops and restarts at another parallelism as it likes.
//
// Nothing here waits for time to pass: a feed is read, then a savepoint is the
// barrier behind which everything fed has reached the sink.
package streamjob

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/print"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/session"
	"weir/internal/vfs"
)

// Job is a query over streams. The zero Job has none: add streams, then Start.
type Job struct {
	Query string
	batch int // the most rows a Poll
	feeds map[string]*feed
	ddl   []string
	fs    vfs.FS
	out   output
	job   *session.Job
}

// New is a job whose sources give at most batch rows at a time.
func New(batch int) *Job { return &Job{batch: batch, feeds: map[string]*feed{}, fs: vfs.NewMem()} }

// Stream adds a stream with the columns of a CREATE TABLE, read as splits splits.
func (j *Job) Stream(name, columns string, splits int) {
	j.feeds[name] = newFeed(splits, j.batch)
	j.ddl = append(j.ddl, fmt.Sprintf("CREATE TABLE %s (%s) WITH ('connector' = 'feed', 'feed' = '%[1]s')", name, columns))
}

// Before adds a statement to be executed before the query.
func (j *Job) Before(statement string) { j.ddl = append(j.ddl, statement) }

// Running reports whether the job was started and has not ended.
func (j *Job) Running() bool { return j.job != nil }

type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

var taskPrefix = regexp.MustCompile(`(?m)^\d+> `)

// Take is the changes since the last Take as the print connector writes them,
// sorted.
func (j *Job) Take() []string {
	j.out.mu.Lock()
	defer j.out.mu.Unlock()
	text := strings.TrimSpace(taskPrefix.ReplaceAllString(j.out.buf.String(), ""))
	j.out.buf.Reset()
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return lines
}

// Start starts the job, from its last savepoint where there is one.
func (j *Job) Start(ctx context.Context, par int) error {
	se := session.New(session.Config{Clock: clock.System{}, FS: j.fs, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Metrics: obs.NewRegistry(clock.System{}), Env: &connector.Env{Clock: clock.System{}, FS: j.fs, Stdout: &j.out},
		Connectors:  map[string]*connector.Factory{"feed": factory(j.feeds), "print": print.Factory()},
		Checkpoints: func(int) (*ckpt.Store, error) { return ckpt.OpenStore(j.fs, "chk") }})
	se.SetOption("pipeline.auto-watermark-interval", "0")
	se.SetOption("parallelism.default", fmt.Sprint(par))
	for _, d := range append(slices.Clone(j.ddl), "CREATE VIEW result_ AS "+j.Query) {
		if _, err := se.ExecuteSQL(ctx, d); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
	}
	cols, err := se.ExecuteSQL(ctx, "DESCRIBE result_")
	if err != nil {
		return err
	}
	var defs []string
	for _, r := range cols.Rows {
		defs = append(defs, fmt.Sprintf("`%s` %s", *r[0], strings.TrimSuffix(strings.TrimSuffix(*r[1], " *ROWTIME*"), " NOT NULL")))
	}
	if _, err := se.ExecuteSQL(ctx, "CREATE TABLE out_ ("+strings.Join(defs, ", ")+") WITH ('connector' = 'print')"); err != nil {
		return err
	}
	for _, f := range j.feeds {
		f.update(func() { f.closed, f.sources = 0, nil })
	}
	insert, err := se.ExecuteSQL(ctx, "INSERT INTO out_ SELECT * FROM result_")
	if err != nil {
		return err
	}
	j.job = insert.Job
	for _, f := range j.feeds {
		if err := f.spareClosed(par, j.job.Done()); err != nil {
			return j.failed(ctx, err)
		}
	}
	return j.settle(ctx)
}

// failed adds what ended the job to an error.
func (j *Job) failed(ctx context.Context, err error) error {
	return fmt.Errorf("%w: %w", err, j.job.Wait(ctx))
}

// Feed gives a split of a stream JSON records, and returns when all they cause has
// come out.
func (j *Job) Feed(ctx context.Context, stream string, split int, records ...string) error {
	f := j.feeds[stream]
	f.update(func() { f.splits[split] = append(f.splits[split], records...) })
	return j.settle(ctx)
}

// settle waits until all that was fed has come out.
func (j *Job) settle(ctx context.Context) error {
	for _, f := range j.feeds {
		if err := f.drained(j.job.Done()); err != nil {
			return j.failed(ctx, err)
		}
	}
	_, err := j.job.Savepoint(ctx, "", false)
	return err
}

// Restart stops the job with a savepoint and starts it from there; nothing may
// come out by it.
func (j *Job) Restart(ctx context.Context, par int) error {
	if _, err := j.job.Savepoint(ctx, "", true); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	if err := j.job.Wait(ctx); err != nil {
		return err
	}
	if got := j.Take(); got != nil {
		return fmt.Errorf("the restart let out\n%s", strings.Join(got, "\n"))
	}
	if err := j.Start(ctx, par); err != nil {
		return err
	}
	if got := j.Take(); got != nil {
		return fmt.Errorf("the restart let out\n%s", strings.Join(got, "\n"))
	}
	return nil
}

// End ends the streams, and returns when the job has ended.
func (j *Job) End(ctx context.Context) error {
	for _, f := range j.feeds {
		f.update(func() { f.ended = true })
	}
	err := j.job.Wait(ctx)
	j.job = nil
	return err
}
