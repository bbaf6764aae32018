// Package glue is the Glue Data Catalog and its crawlers: databases, tables and
// their versions, partitions, classifiers, and crawls of S3.
//
// Vocabulary is AWS's. The catalog is per region; names of databases and tables
// are kept and found in lower case. A crawl is one run of a crawler: it lists
// and reads S3 with the session credentials of the crawler's role, judges what
// it finds (packages classify and layout), and writes the catalog as that role,
// so that what the role may not do, the crawl cannot.
//
// Invariants.
//   - A change of the catalog is in the store before it is answered.
//   - A crawler has at most one crawl; one that a dead server left RUNNING is
//     FAILED when the service opens.
//
// The package must not know another service: what it needs of S3, IAM and Logs
// are the interfaces of deps.go.
package glue

import (
	"context"
	"fmt"
	"sync"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// Service is Glue. Make one with New; Close it.
type Service struct {
	Deps
	databases  store.Table[api.Database]
	tables     store.Table[tableRec]
	versions   store.Table[api.Table]
	partitions store.Table[api.Partition]
	crawlers   store.Table[crawlerRec]
	crawls     store.Table[crawlRec]
	classifs   store.Table[classifierRec]
	tags       store.Table[map[string]string]

	mu      sync.Mutex // one change of the catalog at a time
	running map[string]*crawl
	base    context.Context
	cancel  context.CancelFunc
	wg      sync.WaitGroup
}

// New opens the service and starts the crawlers' schedule.
func New(d Deps) (*Service, error) {
	s := &Service{
		Deps:       d,
		databases:  store.NewTable[api.Database](d.DB, "glue.database"),
		tables:     store.NewTable[tableRec](d.DB, "glue.table"),
		versions:   store.NewTable[api.Table](d.DB, "glue.version"),
		partitions: store.NewTable[api.Partition](d.DB, "glue.partition"),
		crawlers:   store.NewTable[crawlerRec](d.DB, "glue.crawler"),
		crawls:     store.NewTable[crawlRec](d.DB, "glue.crawl"),
		classifs:   store.NewTable[classifierRec](d.DB, "glue.classifier"),
		tags:       store.NewTable[map[string]string](d.DB, "glue.tags"),
		running:    map[string]*crawl{},
	}
	s.base, s.cancel = context.WithCancel(context.Background())
	if err := s.recover(); err != nil {
		return nil, fmt.Errorf("opening glue: %w", err)
	}
	s.wg.Go(s.scheduleLoop)
	return s, nil
}

// Close cancels the crawls under way and waits for them.
func (s *Service) Close() error {
	s.cancel()
	s.wg.Wait()
	return nil
}

// Name implements wire.Service.
func (s *Service) Name() string { return "glue" }

func notFound(format string, args ...any) error {
	return wire.Errorf("EntityNotFoundException", format, args...)
}

func exists(format string, args ...any) error {
	return wire.Errorf("AlreadyExistsException", format, args...)
}

func invalid(format string, args ...any) error {
	return wire.Errorf("InvalidInputException", format, args...)
}

// checkCatalog refuses a catalog that is not the caller's account's.
func checkCatalog(c *wire.Call, id *string) error {
	if id != nil && *id != c.Account {
		return wire.Errorf("AccessDeniedException", "catalog %s: cross-account catalogs are not supported; leave CatalogId out", *id)
	}
	return nil
}
