// Package series keeps the datapoints of CloudWatch metrics on disk.
//
// Vocabulary. A Metric is a namespace, a name and dimensions in a region; its
// datapoints are Buckets, one a period and unit. A put goes at once into the
// buckets of every resolution: 1 minute, 5 minutes, 1 hour, and 1 second when
// the metric is of high resolution. So rolling up is exact, late data
// included, and ageing is only the removal of what each resolution no longer
// keeps (3 hours, 15 days, 63 days, 455 days).
//
// The store is one pebble database with an entry a bucket under (resolution,
// metric, time, unit). A put is one batch, durable when Put returns.
//
// The package must not know requests, statistics' names or math expressions.
package series

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"weir/internal/vfs"
)

// Dimension is a name and a value that are part of a metric's identity.
type Dimension struct{ Name, Value string }

// Metric identifies a metric.
type Metric struct {
	Region, Namespace, Name string
	Dimensions              []Dimension // in any order
}

// Sample is something observed of a metric.
type Sample struct {
	Metric
	Time    time.Time
	Unit    string
	HighRes bool // also kept by the second
	Bucket  Bucket
}

// Resolution is how long the buckets are, in seconds.
type Resolution uint16

// The resolutions kept.
const (
	Second      Resolution = 1
	Minute      Resolution = 60
	FiveMinutes Resolution = 300
	Hour        Resolution = 3600
)

// Keep is how long a resolution's buckets are kept.
func (r Resolution) Keep() time.Duration {
	const day = 24 * time.Hour
	switch r {
	case Second:
		return 3 * time.Hour
	case Minute:
		return 15 * day
	case FiveMinutes:
		return 63 * day
	}
	return 455 * day
}

func resolutions() []Resolution { return []Resolution{Second, Minute, FiveMinutes, Hour} }

// Info is a metric and when it last was put.
type Info struct {
	Metric
	LastPut time.Time
}

// Store is the store. It is safe for concurrent use.
type Store struct {
	db   *pebble.DB
	full func() error

	mu     sync.RWMutex
	byKey  map[string]*entry
	nextID uint64
}

// entry is a metric in memory.
type entry struct {
	id   uint64
	info Info
}

// Key spaces: the first byte of every key.
const (
	dataSpace   = 'd' // resolution, metric, time, unit -> bucket
	metricSpace = 'm' // metric -> Info
)

// ErrFull says that the disk has no room for more.
var ErrFull = errors.New("no space left on the disk of the metrics")

// Open opens or creates the store in dir of fs. full, when not nil, says why
// nothing can be written now.
func Open(fs vfs.FS, dir string, full func() error) (*Store, error) {
	db, err := pebble.Open(dir, &pebble.Options{
		FS: fs, Logger: quiet{}, FormatMajorVersion: pebble.FormatNewest,
		MemTableSize: 4 << 20, CacheSize: 8 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("opening metrics in %s: %w", dir, err)
	}
	s := &Store{db: db, full: full, byKey: map[string]*entry{}, nextID: 1}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close flushes and closes the store.
func (s *Store) Close() error { return s.db.Close() }

func (s *Store) load() error {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{metricSpace}, UpperBound: []byte{metricSpace + 1}})
	if err != nil {
		return fmt.Errorf("loading metrics: %w", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		e := &entry{id: binary.BigEndian.Uint64(it.Key()[1:])}
		if err := json.Unmarshal(it.Value(), &e.info); err != nil {
			return errors.Join(fmt.Errorf("loading metrics: %w", err), it.Close())
		}
		s.byKey[e.info.Metric.key()] = e
		s.nextID = max(s.nextID, e.id+1)
	}
	if err := it.Close(); err != nil {
		return fmt.Errorf("loading metrics: %w", err)
	}
	return nil
}

// sorted is the metric with its dimensions by name.
func (m Metric) sorted() Metric {
	m.Dimensions = slices.Clone(m.Dimensions)
	slices.SortFunc(m.Dimensions, func(a, b Dimension) int { return strings.Compare(a.Name, b.Name) })
	return m
}

// key identifies the metric.
func (m Metric) key() string {
	parts := []string{m.Region, m.Namespace, m.Name}
	for _, d := range m.sorted().Dimensions {
		parts = append(parts, d.Name, d.Value)
	}
	return strings.Join(parts, "\x00")
}

// Metrics are the metrics of a region put since a time, by namespace, name and
// dimensions.
func (s *Store) Metrics(region string, since time.Time) []Info {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var keys []string
	for k, e := range s.byKey {
		if e.info.Region == region && !e.info.LastPut.Before(since) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	infos := make([]Info, len(keys))
	for i, k := range keys {
		infos[i] = s.byKey[k].info
	}
	return infos
}

// quiet drops pebble's progress notes; what goes wrong comes back as errors.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("pebble: "+format, args...))
}
