// Package blackhole is Flink's 'blackhole' connector: a sink that takes every
// change and keeps nothing, to measure what stands before it.
package blackhole

import (
	"context"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/format"
	"weir/internal/obs"
	"weir/internal/option"
)

// Options are the connector's options: none.
type Options struct {
	Connector string `option:"connector" doc:"'blackhole'."`
}

// Factory describes the connector.
func Factory() *connector.Factory {
	return &connector.Factory{
		Name: "blackhole", Doc: "Takes every row and keeps none.", Options: &Options{},
		Validate: func(t *connector.Table, _ map[string]*format.Format) error {
			return option.Decode(t.Options, &Options{})
		},
		NewSink: func(_ context.Context, _ *connector.Env, t *connector.Table) (connector.Sink, error) {
			return sink{t.Name}, nil
		},
		Accepts: func(*connector.Table) connector.Changes { return connector.All },
	}
}

type sink struct{ table string }

// Identity implements connector.Sink.
func (s sink) Identity() string { return "blackhole:" + s.table }

// Writer implements connector.Sink.
func (sink) Writer(context.Context, int, int, obs.Scope) (connector.Writer, error) {
	return writer{}, nil
}

// Committer implements connector.Sink: there is nothing to commit.
func (sink) Committer(context.Context, []byte) (connector.Committer, error) { return nil, nil }

type writer struct{}

// Write implements connector.Writer.
func (writer) Write(*batch.Batch) error { return nil }

// Watermark implements connector.Writer.
func (writer) Watermark(int64) error { return nil }

// Prepare implements connector.Writer.
func (writer) Prepare(bool) ([]connector.Committable, error) { return nil, nil }

// Close implements connector.Writer.
func (writer) Close() error { return nil }
