// Package kinesis is Kinesis Data Streams: streams, shards, records.
//
// Vocabulary is AWS's: a stream has shards, a shard owns a range of hash keys
// and a sequence of records; a reshard closes parents and opens children; an
// iterator is a place in a shard. Records live in shardlog, sequence numbers
// in seqno; what is known of a stream beside its records is a streamMeta in
// the metadata store, and all of them are in memory.
//
// Invariants.
//   - A put is answered when its records are on disk.
//   - A change of a stream is in the store before anyone sees it.
//   - A stream is found under its region; what is DELETING and due is not found.
//   - A closed shard is at its end only when everything accepted was read.
//
// The package must not read requests, check permissions or the model's
// constraints, nor know another service.
package kinesis

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"weir/internal/aws/store"
	"weir/internal/aws/svc/kinesis/shardlog"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"
	"weir/internal/vfs/spacewait"
)

// Deps is what the service works with.
type Deps struct {
	DB    *store.DB
	Clock clock.Clock
	// FS holds the record log in Dir. When it is a *spacewait.FS, share it with
	// DB, so that a full disk stops neither; else one is put around it.
	FS   vfs.FS
	Dir  string
	Rand io.Reader // for keys of iterators
	Options
}

// Options are the choices of whoever runs the server.
type Options struct {
	// Limits enforces the rates of a shard (1 MiB or 1,000 records a second in,
	// 2 MiB and 5 reads a second out) with AWS's errors.
	Limits bool
	// ShardLimit is the most open shards of a region; 0 means 20,000.
	ShardLimit int
	// CreateDelay, UpdateDelay and DeleteDelay are how long a stream is CREATING,
	// UPDATING or DELETING.
	CreateDelay, UpdateDelay, DeleteDelay time.Duration
}

const (
	defaultShardLimit = 20_000
	// reserve is the free space below which puts are refused, so that the
	// server's own state can still be written.
	reserve = 16 << 20
	// sweepEvery is how often expired records and deleted streams are cleared.
	sweepEvery = time.Minute
)

// Service is Kinesis Data Streams. Make one with New; Close it.
type Service struct {
	Deps
	fs      *spacewait.FS
	log     *shardlog.Log
	streams store.Table[streamMeta]
	seal    cipher.AEAD // of iterators and page tokens

	mu    sync.RWMutex
	byKey map[streamKey]*stream
	names map[string][]string // by region, sorted
	uids  map[uint64]*stream
	next  uint64 // uid of the next stream
	// creating holds one creation or removal at a time, from check to store.
	creating sync.Mutex

	stop    chan struct{}
	stopped chan struct{}
}

type streamKey struct{ region, name string }

// New opens the service and its records.
func New(d Deps) (*Service, error) {
	if d.ShardLimit == 0 {
		d.ShardLimit = defaultShardLimit
	}
	s := &Service{
		Deps: d, streams: store.NewTable[streamMeta](d.DB, "kinesis.stream"),
		byKey: map[streamKey]*stream{}, names: map[string][]string{}, uids: map[uint64]*stream{},
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	var shared bool
	if s.fs, shared = d.FS.(*spacewait.FS); !shared {
		s.fs = spacewait.New(d.FS, d.Clock, d.Dir, reserve)
	}
	var err error
	if s.seal, err = loadSeal(d.DB, d.Rand); err != nil {
		return nil, err
	}
	if err := s.loadStreams(); err != nil {
		return nil, err
	}
	if s.log, err = shardlog.Open(s.fs, d.Dir, d.Clock); err != nil {
		return nil, err
	}
	go s.sweepLoop()
	return s, nil
}

// Close stops the background work and closes the record log.
func (s *Service) Close() error {
	close(s.stop)
	<-s.stopped
	return s.log.Close()
}

// Name implements wire.Service.
func (s *Service) Name() string { return "kinesis" }

func (s *Service) loadStreams() error {
	for meta, err := range s.streams.Scan(nil, nil) {
		if err != nil {
			return fmt.Errorf("loading streams: %w", err)
		}
		s.next = max(s.next, meta.UID)
		st := &stream{}
		st.set(&meta)
		s.enter(st)
	}
	next, ok, err := s.uidTable().Get("next")
	if err != nil {
		return fmt.Errorf("loading streams: %w", err)
	}
	if ok {
		s.next = max(s.next, next)
	}
	return nil
}

func (s *Service) uidTable() store.Table[uint64] {
	return store.NewTable[uint64](s.DB, "kinesis.uid")
}

// enter makes a stream findable; callers hold mu or are alone.
func (s *Service) enter(st *stream) {
	m := st.view()
	s.byKey[streamKey{m.Region, m.Name}] = st
	s.uids[m.UID] = st
	s.names[m.Region] = insertSorted(s.names[m.Region], m.Name)
}

// find is the stream of a name, nil when there is none.
func (s *Service) find(region, name string) *stream {
	s.mu.RLock()
	st := s.byKey[streamKey{region, name}]
	s.mu.RUnlock()
	if st == nil || st.view().status(s.Clock.Now()) == "" {
		return nil
	}
	return st
}

// stream finds a stream as a call names it, by name, ARN or id.
func (s *Service) stream(c *wire.Call, name, arn, id *string) (*stream, error) {
	n, err := s.nameOf(c, name, arn, id)
	if err != nil {
		return nil, err
	}
	st := s.find(c.Region, n)
	if st == nil {
		return nil, notFound(c, n)
	}
	return st, nil
}

// nameOf is the name of the stream a call is about.
func (s *Service) nameOf(c *wire.Call, name, arn, id *string) (string, error) {
	var given []string
	if name != nil {
		given = append(given, *name)
	}
	if arn != nil {
		n, err := nameOfARN(c, *arn)
		if err != nil {
			return "", err
		}
		given = append(given, n)
	}
	if id != nil {
		n := s.nameOfID(c.Region, *id)
		if n == "" {
			return "", wire.Errorf(codeNotFound, "Stream with id %s under account %s not found.", *id, c.Account)
		}
		given = append(given, n)
	}
	if len(given) == 0 {
		return "", wire.Errorf(codeInvalid, "Either StreamName or StreamARN must be specified.")
	}
	for _, n := range given[1:] {
		if n != given[0] {
			return "", wire.Errorf(codeInvalid, "StreamName %s and the stream %s of StreamARN or StreamId are not the same stream.", given[0], n)
		}
	}
	return given[0], nil
}

// nameOfARN takes the stream's name out of its ARN (or a consumer's).
func nameOfARN(c *wire.Call, arn string) (string, error) {
	p := strings.SplitN(arn, ":", 6)
	if len(p) == 6 && p[0] == "arn" && p[2] == "kinesis" && strings.HasPrefix(p[5], "stream/") {
		name, _, _ := strings.Cut(strings.TrimPrefix(p[5], "stream/"), "/")
		switch {
		case p[1] != c.Partition, p[3] != c.Region:
			return "", wire.Errorf(codeInvalid, "StreamARN %s is not in region %s.", arn, c.Region)
		case p[4] != c.Account:
			return "", wire.Errorf(codeNotFound, "Stream %s under account %s not found.", name, p[4])
		}
		return name, nil
	}
	return "", wire.Errorf(codeInvalid, "StreamARN %s is not the ARN of a stream.", arn)
}

func (s *Service) nameOfID(region, id string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, st := range s.uids {
		if m := st.view(); m.Region == region && m.StreamID == id {
			return m.Name
		}
	}
	return ""
}

// change replaces a stream's meta by what f makes of a copy, in the store
// first; nothing changes when f or the store fails.
func (s *Service) change(st *stream, f func(m *streamMeta) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	m := st.view().clone()
	if err := f(m); err != nil {
		return err
	}
	if err := s.writable(); err != nil {
		return err
	}
	if err := s.streams.Put(*m, m.Region, m.Name); err != nil {
		return err
	}
	st.set(m)
	return nil
}

// writable is the error of a full disk.
func (s *Service) writable() error {
	if err := s.fs.Full(); err != nil {
		return storeError(&shardlog.FullError{Reason: err})
	}
	return nil
}

// storeError is what a client is told of a failed write.
func storeError(err error) error {
	if full := (*shardlog.FullError)(nil); errors.As(err, &full) {
		return &wire.Error{Code: codeInternal, Message: full.Error(), Status: 500}
	}
	return err
}
