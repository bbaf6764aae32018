// Package connector says what a connector is: how a job reads a table and how
// it writes one. Each connector is a package below this one, listed in
// connector/all.
//
// # Sources
//
// A Source is read by one Enumerator a job, which discovers splits (shards,
// files) and says when each may be read, and by Readers, one a source task,
// which read the splits assigned to them. The position of every split stands
// in each checkpoint.
//
// # Sinks
//
// A Sink writes in two phases. Writers, one a task, stage data; Prepare, at a
// barrier, makes everything staged so far ready to commit and returns it as
// Committables, which are kept in the checkpoint. When the checkpoint is
// complete, the one Committer of the job commits them. After a crash the
// Committables of the last complete checkpoint are committed again: Commit is
// idempotent. What was staged and is in no complete checkpoint is abandoned
// and cleaned up by Abort or by the next Writer.
//
// A sink without phases (print, Kinesis: at least once) returns no Committables
// and has made its writes durable when Prepare returns.
//
// Rules. Connectors never see each other, SQL, or our services in process: AWS
// is reached over the wire only, so that the same code works against AWS. All
// effects come in through Env.
package connector

import (
	"context"
	"io"
	"log/slog"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/format"
	"weir/internal/obs"
	"weir/internal/types"
	"weir/internal/vfs"
)

// Env is what a connector may use of the world.
type Env struct {
	Clock  clock.Clock
	FS     vfs.FS
	Rand   io.Reader // for names of files and the like
	Log    *slog.Logger
	Stdout io.Writer // print
	Stderr io.Writer
	// Getenv looks up AWS_ENDPOINT_URL, AWS_REGION, credentials and such.
	Getenv  func(string) string
	Formats map[string]*format.Format
}

// Table is the table a connector is opened for.
type Table struct {
	Name          string // catalog.database.table
	Fields        []types.Field
	Metadata      []string // beside each field: the metadata key it is, "" for a column of the record
	PartitionKeys []string
	PrimaryKey    []string
	Options       map[string]string // all of WITH, "connector" included
	Config        map[string]string // the session's configuration
	Profile       string            // "1.11", "1.15", "2.x"; "" is the newest
}

// Factory describes a connector.
type Factory struct {
	Name    string // 'connector' = Name
	Doc     string
	Options any // pointer to the zero value of its tagged options struct
	// Validate checks the options of t as CREATE TABLE … or the first use of
	// the table does; errors name the option and the nearest valid name.
	Validate func(t *Table, formats map[string]*format.Format) error
	// NewSource and NewSink open the table; nil where it cannot be read or
	// written. The projection of a source is part of t.Fields.
	NewSource func(ctx context.Context, env *Env, t *Table) (Source, error)
	NewSink   func(ctx context.Context, env *Env, t *Table) (Sink, error)
	// Accepts says which changes the sink takes: insert-only when nil.
	Accepts func(t *Table) Changes
}

// Changes are the row kinds a sink takes or a source yields.
type Changes uint8

// The sets of row kinds.
const (
	InsertOnly Changes = iota
	Upsert             // +I +U -D
	All                // +I -U +U -D
)

// Split is a part of a source that is read in order by one reader at a time.
type Split struct {
	ID string // stable: "shardId-000000000001", a file's path
	// Position is where to read on, in the connector's own encoding; nil is
	// the start the options name.
	Position []byte
}

// Source is a table being read.
type Source interface {
	// Bounded reports whether the source ends.
	Bounded() bool
	// Identity is what is read (stream ARN, path), never how: it names the
	// source's state in a snapshot.
	Identity() string
	// Enumerator makes the job's enumerator; state is nil at first, else what
	// Snapshot returned.
	Enumerator(ctx context.Context, state []byte) (Enumerator, error)
	// Reader makes the reader of source task index of parallelism.
	Reader(ctx context.Context, index, parallelism int, scope obs.Scope) (Reader, error)
}

// Enumerator discovers splits. It is called by one goroutine.
type Enumerator interface {
	// Discover returns the splits that have become readable since the last
	// call, and whether there can ever be more. It is called at the start and
	// then every Interval.
	Discover(ctx context.Context) (found []Split, more bool, err error)
	// Finished tells that a split was read to its end (its children may become
	// readable: the next Discover is then called at once).
	Finished(id string)
	// Interval is the time between two calls of Discover, in milliseconds.
	Interval() int64
	// Snapshot is the enumerator's state: every split ever handed out that is
	// finished, and what is needed to discover the rest.
	Snapshot() ([]byte, error)
}

// Fetch tells what Poll read.
type Fetch struct {
	Split string // whose rows were appended
	// AtTip: the split has nothing more at the moment. A split at its tip for
	// a while is idle and does not hold back the watermark.
	AtTip bool
	// Done: the split was read to its end.
	Done bool
	// Bytes read, before decoding.
	Bytes int64
}

// Reader reads splits. All methods but Wake's channel are used by one
// goroutine, the source task's; none may block for longer than a local read.
type Reader interface {
	// Add assigns splits.
	Add(splits []Split) error
	// Poll appends rows of one split to dst (an empty batch of the table's
	// fields) up to batch.MaxRows, if there are any now. ok is false when
	// nothing could be read: wait for Wake.
	Poll(dst *batch.Batch) (f Fetch, ok bool, err error)
	// Wake receives when Poll may have something again.
	Wake() <-chan struct{}
	// Positions is where each unfinished split stands after the last Poll, for
	// a checkpoint.
	Positions() ([]Split, error)
	// Close stops reading and frees what is held.
	Close() error
}

// Locator is a Reader that can say where a row came from, for the message of the
// error it caused.
type Locator interface {
	// Locate tells of physical row number row that the last Poll appended: the
	// shard and sequence number, the file and line, and the record's text; "" when
	// it cannot be told. It may be slow.
	Locate(row int) string
}

// Sink is a table being written.
type Sink interface {
	// Identity is where it writes.
	Identity() string
	// Writer makes the writer of sink task index of parallelism.
	Writer(ctx context.Context, index, parallelism int, scope obs.Scope) (Writer, error)
	// Committer makes the job's committer, nil when the sink has no second
	// phase; state is nil at first, else what Committer.Snapshot returned.
	Committer(ctx context.Context, state []byte) (Committer, error)
}

// Writer stages rows. It is used by one goroutine.
type Writer interface {
	Write(b *batch.Batch) error
	// Watermark tells that event time (milliseconds) has come this far.
	Watermark(wm int64) error
	// Prepare makes everything written so far ready to commit. end says that
	// no more will come. The Writer then goes on with new staging.
	Prepare(end bool) ([]Committable, error)
	// Close frees what is held and abandons what was not prepared.
	Close() error
}

// Committable is one thing to commit, in the sink's own encoding.
type Committable []byte

// Committer commits. It is used by one goroutine, outside the tasks.
type Committer interface {
	// Commit makes cs visible. It is called once a checkpoint, in order, also
	// with no cs (watermark and time have moved), and again after a restart;
	// wm is the watermark at the barrier, now the wall clock, both in
	// milliseconds. end says that the job has ended with this.
	Commit(ctx context.Context, cs []Committable, wm, now int64, end bool) error
	// Snapshot is the state the next Commit depends on, taken after the last.
	Snapshot() ([]byte, error)
	// Close frees what is held.
	Close() error
}
