package application

import (
	"context"
	"log/slog"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"weir/internal/clock"
)

// The limits of PutLogEvents and of what waits to be sent.
const (
	maxEvents    = 10_000
	maxBatch     = 1_000_000
	eventOver    = 26
	maxEvent     = 250_000
	maxWaiting   = 64 << 20
	shipEvery    = 500 * time.Millisecond
	shipPatience = 10 * time.Second
)

// shipper sends log lines to the application's log stream, with the role's
// credentials, in the order they came.
type shipper struct {
	client        *cloudwatchlogs.Client
	group, stream string
	clock         clock.Clock
	own           *slog.Logger // the process's own log, not the shipped one

	mu      sync.Mutex
	waiting []types.InputLogEvent
	bytes   int
	dropped int
	told    string // the failure already told

	stop, done chan struct{}
}

// newShipper starts shipping to a log stream; streamARN "" ships nothing.
func newShipper(cfg aws.Config, streamARN string, clk clock.Clock, own *slog.Logger) *shipper {
	if streamARN == "" {
		return nil
	}
	_, rest, _ := strings.Cut(streamARN, ":log-group:")
	group, stream, _ := strings.Cut(rest, ":log-stream:")
	s := &shipper{client: cloudwatchlogs.NewFromConfig(cfg), group: group, stream: stream, clock: clk, own: own,
		stop: make(chan struct{}), done: make(chan struct{})}
	go s.loop()
	return s
}

// add is an obs.LineFunc.
func (s *shipper) add(at time.Time, line []byte) {
	if len(line) > maxEvent {
		line = append(append([]byte(nil), line[:maxEvent]...), "…"...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes > maxWaiting {
		s.dropped++ // told when there is room again
		return
	}
	s.waiting = append(s.waiting, types.InputLogEvent{Timestamp: aws.Int64(at.UnixMilli()), Message: aws.String(string(line))})
	s.bytes += len(line) + eventOver
}

func (s *shipper) loop() {
	defer close(s.done)
	pause := shipEvery
	for {
		tick, cancel := s.clock.After(pause)
		select {
		case <-tick:
		case <-s.stop:
			cancel()
			s.flush()
			return
		}
		pause = shipEvery
		if !s.flush() {
			pause = shipPatience
		}
	}
}

// close sends what waits, trying once.
func (s *shipper) close() {
	if s == nil {
		return
	}
	close(s.stop)
	<-s.done
}

// flush sends what waits; false when it could not be sent and waits on.
func (s *shipper) flush() bool {
	for {
		batch := s.take()
		if len(batch) == 0 {
			return true
		}
		ctx, cancel := context.WithTimeout(context.Background(), shipPatience)
		_, err := s.client.PutLogEvents(ctx, &cloudwatchlogs.PutLogEventsInput{LogGroupName: &s.group, LogStreamName: &s.stream, LogEvents: batch})
		cancel()
		if err != nil {
			s.failed(batch, err)
			return false
		}
		s.sent()
	}
}

// take removes the next batch from what waits.
func (s *shipper) take() []types.InputLogEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, size := 0, 0
	for n < len(s.waiting) && n < maxEvents {
		size += len(*s.waiting[n].Message) + eventOver
		if size > maxBatch && n > 0 {
			break
		}
		n++
	}
	batch := append([]types.InputLogEvent(nil), s.waiting[:n]...)
	s.waiting = s.waiting[n:]
	for _, e := range batch {
		s.bytes -= len(*e.Message) + eventOver
	}
	sort.SliceStable(batch, func(i, j int) bool { return *batch[i].Timestamp < *batch[j].Timestamp })
	return batch
}

// failed puts a batch back and tells the reason once, in the process's own log:
// the stream cannot be told.
func (s *shipper) failed(batch []types.InputLogEvent, err error) {
	s.mu.Lock()
	s.waiting = append(batch, s.waiting...)
	for _, e := range batch {
		s.bytes += len(*e.Message) + eventOver
	}
	news := s.told != err.Error()
	s.told = err.Error()
	s.mu.Unlock()
	if news {
		s.own.Error("Log lines cannot be sent to CloudWatch Logs; they are kept and sent again", "logGroup", s.group, "logStream", s.stream, "error", err)
	}
}

// sent tells of lines that there was no room for while sending failed.
func (s *shipper) sent() {
	s.mu.Lock()
	n := s.dropped
	s.dropped, s.told = 0, ""
	s.mu.Unlock()
	if n > 0 {
		s.own.Warn("Log lines were dropped while CloudWatch Logs could not be reached", "lines", n)
	}
}
