// Package logs is CloudWatch Logs: groups, streams, events.
//
// Vocabulary is AWS's: a group has streams, a stream has events; an event has
// the producer's timestamp, the time it was ingested, and a message. Events
// live in eventlog, the filter pattern language in pattern; what is known of
// groups and streams beside their events is in the metadata store, and all of
// it in memory.
//
// Invariants.
//   - PutLogEvents is answered when its events are on disk.
//   - A group or stream is in the store before anyone sees it, and gone from it
//     before its events are.
//   - Events beyond a group's retention are not seen, trimmed or not.
//
// The package must not read requests, check permissions or the model's
// constraints, nor know another service.
package logs

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"weir/internal/aws/store"
	"weir/internal/aws/svc/logs/eventlog"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"
)

// Deps is what the service works with.
type Deps struct {
	DB    *store.DB
	Clock clock.Clock
	// FS holds the events in Dir. When it can tell that the disk is full
	// (*spacewait.FS), puts are refused then.
	FS  vfs.FS
	Dir string
	Log *slog.Logger // of what goes wrong in the background
}

const (
	// trimEvery is how often events beyond their retention are removed.
	trimEvery = 10 * time.Minute
	day       = 24 * time.Hour
)

// The error codes of CloudWatch Logs that the service gives out.
const (
	codeInvalid     = "InvalidParameterException"
	codeNotFound    = "ResourceNotFoundException"
	codeExists      = "ResourceAlreadyExistsException"
	codeUnavailable = "ServiceUnavailableException"
	codeTooManyTags = "TooManyTagsException"
)

// Service is CloudWatch Logs. Make one with New; Close it.
type Service struct {
	Deps
	events  *eventlog.Log
	groups  store.Table[groupMeta]
	streams store.Table[streamMeta]

	mu    sync.RWMutex
	byKey map[groupKey]*group
	next  uint64 // id of the next stream

	stop, stopped chan struct{}
}

type groupKey struct{ region, name string }

// groupMeta is what is stored of a group.
type groupMeta struct {
	Region, Name string
	Created      int64             // ms
	Retention    int32             `json:",omitempty"` // days; 0: for ever
	KMSKey       string            `json:",omitempty"`
	Class        string            `json:",omitempty"`
	Tags         map[string]string `json:",omitempty"`
}

// streamMeta is what is stored of a stream.
type streamMeta struct {
	ID                  uint64
	Region, Group, Name string
	Created             int64 // ms
}

// group is a group in memory; its fields are guarded by Service.mu.
type group struct {
	groupMeta
	streams map[string]*stream
}

// stream is a stream in memory.
type stream struct {
	streamMeta
	life sync.RWMutex // held while events are put, and for good when it goes
	gone bool         // guarded by life
}

// New opens the service and its events.
func New(d Deps) (*Service, error) {
	s := &Service{
		Deps: d, groups: store.NewTable[groupMeta](d.DB, "logs.group"), streams: store.NewTable[streamMeta](d.DB, "logs.stream"),
		byKey: map[groupKey]*group{}, stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	var full func() error
	if f, ok := d.FS.(interface{ Full() error }); ok {
		full = f.Full
	}
	var err error
	if s.events, err = eventlog.Open(d.FS, d.Dir, full); err != nil {
		return nil, err
	}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, s.events.Close())
	}
	go s.trimLoop()
	return s, nil
}

// Close stops the background work and closes the events.
func (s *Service) Close() error {
	close(s.stop)
	<-s.stopped
	return s.events.Close()
}

// Name implements wire.Service.
func (s *Service) Name() string { return "logs" }

// load reads groups and streams, and drops the events of streams that a crash
// left without any.
func (s *Service) load() error {
	for m, err := range s.groups.Scan(nil, nil) {
		if err != nil {
			return fmt.Errorf("loading log groups: %w", err)
		}
		s.byKey[groupKey{m.Region, m.Name}] = &group{groupMeta: m, streams: map[string]*stream{}}
	}
	known := map[uint64]bool{}
	for m, err := range s.streams.Scan(nil, nil) {
		if err != nil {
			return fmt.Errorf("loading log streams: %w", err)
		}
		g := s.byKey[groupKey{m.Region, m.Group}]
		if g == nil {
			return fmt.Errorf("loading log streams: %s is of group %s, which does not exist", m.Name, m.Group)
		}
		g.streams[m.Name] = &stream{streamMeta: m}
		known[m.ID] = true
		s.next = max(s.next, m.ID+1)
	}
	for _, id := range s.events.Streams() {
		s.next = max(s.next, id+1)
		if !known[id] {
			if err := s.events.Drop(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// group finds a group by name; callers hold mu.
func (s *Service) group(c *wire.Call, name string) (*group, error) {
	g := s.byKey[groupKey{c.Region, name}]
	if g == nil {
		return nil, wire.Errorf(codeNotFound, "The specified log group does not exist.")
	}
	return g, nil
}

// groupName is the group a call names, by name or by identifier (name or ARN).
func groupName(c *wire.Call, name, identifier *string) (string, error) {
	switch {
	case name != nil && identifier != nil:
		return "", wire.Errorf(codeInvalid, "LogGroupName and LogGroupIdentifier are mutually exclusive parameters.")
	case name != nil:
		return *name, nil
	case identifier == nil:
		return "", wire.Errorf(codeInvalid, "Either logGroupName or logGroupIdentifier must be specified.")
	case !strings.HasPrefix(*identifier, "arn:"):
		return *identifier, nil
	}
	return nameOfARN(c, *identifier)
}

// nameOfARN takes the group's name out of its ARN, with or without ":*".
func nameOfARN(c *wire.Call, arn string) (string, error) {
	name, ok := strings.CutPrefix(arn, c.ARN("logs", "log-group:"))
	name, rest, _ := strings.Cut(name, ":")
	if !ok || name == "" || rest != "" && rest != "*" {
		return "", wire.Errorf(codeInvalid, "%s is not the ARN of a log group in region %s.", arn, c.Region)
	}
	return name, nil
}

// find is the stream that a call names.
func (s *Service) find(c *wire.Call, groupName, streamName string) (*group, *stream, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.lookup(c, groupName, streamName)
}

// lookup is find for callers that hold mu.
func (s *Service) lookup(c *wire.Call, groupName, streamName string) (*group, *stream, error) {
	g, err := s.group(c, groupName)
	if err != nil {
		return nil, nil, err
	}
	st := g.streams[streamName]
	if st == nil {
		return nil, nil, wire.Errorf(codeNotFound, "The specified log stream does not exist.")
	}
	return g, st, nil
}

// horizon is the time before which a group's events are expired; 0 when none
// ever is. Callers hold mu.
func (g *group) horizon(now time.Time) int64 {
	if g.Retention == 0 {
		return 0
	}
	return now.Add(-time.Duration(g.Retention) * day).UnixMilli()
}

// trimLoop removes expired events now and then.
func (s *Service) trimLoop() {
	defer close(s.stopped)
	for {
		tick, stop := s.Clock.After(trimEvery)
		select {
		case <-tick:
			s.trim()
		case <-s.stop:
			stop()
			return
		}
	}
}

// trim removes what is beyond its group's retention; what fails is tried again
// the next time.
func (s *Service) trim() {
	before := map[uint64]int64{}
	s.mu.RLock()
	for _, g := range s.byKey {
		if h := g.horizon(s.Clock.Now()); h > 0 {
			for _, st := range g.streams {
				before[st.ID] = h
			}
		}
	}
	s.mu.RUnlock()
	for id, h := range before {
		if err := s.events.Trim(id, h); err != nil {
			s.Log.Error("Trimming log events failed; it is tried again", "retryAfter", trimEvery, "error", err)
			return
		}
	}
}
