// Package athena is Athena: queries and Hive statements over the tables of the
// Glue Data Catalog, their results in S3, work groups, named queries and
// prepared statements.
//
// Vocabulary is AWS's. A query execution is QUEUED, RUNNING, then SUCCEEDED,
// FAILED or CANCELLED. It runs with the rights of who started it: the catalog is
// asked as the caller (interface Catalog), objects are listed, looked at and
// written over S3 with the caller's own keys (ObjectStore), and only the files
// of objects the caller could open are handed to the engine (ObjectFiles).
// SELECT runs in a child (internal/athena/worker); Hive's statements
// (internal/athena/ddl) run here.
//
// Invariants.
//   - An execution is in the store before its id is answered; one that a dead
//     server left unfinished is FAILED when the service opens.
//   - A result is complete in S3 before the execution is SUCCEEDED.
//   - A partition that the query's WHERE clause rules out is not even listed.
//
// The package must not start processes, nor know another service but by the
// interfaces of deps.go.
package athena

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	api "weir/internal/aws/api/athena"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// Service is Athena. Make one with New; Close it.
type Service struct {
	Deps
	execs    store.Table[execRec]
	order    store.Table[orderRec]
	tokens   store.Table[tokenRec]
	groups   store.Table[api.WorkGroup]
	named    store.Table[api.NamedQuery]
	prepared store.Table[api.PreparedStatement]
	tags     store.Table[map[string]string]

	mu      sync.Mutex
	running map[string]*run // by region and id
	slots   chan struct{}
	base    context.Context
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	warned  sync.Once
}

// New opens the service.
func New(d Deps) (*Service, error) {
	d.defaults()
	s := &Service{
		Deps:     d,
		execs:    store.NewTable[execRec](d.DB, "athena.execution"),
		order:    store.NewTable[orderRec](d.DB, "athena.order"),
		tokens:   store.NewTable[tokenRec](d.DB, "athena.token"),
		groups:   store.NewTable[api.WorkGroup](d.DB, "athena.workgroup"),
		named:    store.NewTable[api.NamedQuery](d.DB, "athena.named"),
		prepared: store.NewTable[api.PreparedStatement](d.DB, "athena.prepared"),
		tags:     store.NewTable[map[string]string](d.DB, "athena.tags"),
		running:  map[string]*run{},
		slots:    make(chan struct{}, d.MaxRunning),
	}
	s.base, s.cancel = context.WithCancel(context.Background())
	if err := s.recover(); err != nil {
		return nil, fmt.Errorf("opening athena: %w", err)
	}
	return s, nil
}

// Close stops the queries under way and waits for them.
func (s *Service) Close() error {
	s.cancel()
	s.wg.Wait()
	return nil
}

// Name implements wire.Service.
func (s *Service) Name() string { return "athena" }

func newID(rand io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// invalid is InvalidRequestException with the code clients look at.
func invalid(code, format string, args ...any) error {
	e := wire.Errorf("InvalidRequestException", format, args...)
	e.Fields = map[string]any{"AthenaErrorCode": code}
	return e
}

func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
