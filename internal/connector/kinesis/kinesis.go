// Package kinesis is Flink's 'kinesis' connector: it reads a Kinesis data
// stream exactly once, shard by shard, and writes one at least once.
//
// Vocabulary. A split is a shard; its position is where in the shard to read
// on. The enumerator lists the shards and hands out a child of a split or a
// merge when all its parents have been read to their ends, so that the records
// of a key are read in the order they were written.
//
// Two dialects of options are taken, those of the connector for Flink 1.11 to
// 1.20 ('stream', 'scan.stream.initpos') and those of the newer source
// ('stream.arn', 'source.init.position'); a table uses one of them.
//
// Invariants. Records of a shard come in order, each once. No row is handed
// out before every shard of the start has answered once: only then is it known
// which shards are empty and do not hold event time back. No row passes one of
// a shard that is idle (see tips). LATEST is the time at
// which the job first started, also after restarts. What is written is in the
// stream before the checkpoint that covers it is complete; after a failure rows
// since then are written again. A task's records of a partition key are put in the
// order of its rows, one call after the other. Kinesis is reached over the wire
// only.
package kinesis

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"weir/internal/connector"
	"weir/internal/connector/awsenv"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/option"
)

// Options are the connector's options in both dialects; see tuning for
// those that are taken and have no effect.
type Options struct {
	Connector string `option:"connector" doc:"'kinesis'."`
	Format    string `option:"format" required:"true" doc:"The format of the records: json, csv, raw."`

	Stream     string `option:"stream" doc:"The stream's name."`
	Initpos    string `option:"scan.stream.initpos" default:"LATEST" enum:"LATEST,TRIM_HORIZON,AT_TIMESTAMP" doc:"Where to begin."`
	InitTime   string `option:"scan.stream.initpos-timestamp" doc:"With AT_TIMESTAMP: when, as epoch seconds or in the format below."`
	InitFormat string `option:"scan.stream.initpos-timestamp-format" default:"yyyy-MM-dd'T'HH:mm:ss.SSSXXX" doc:"The format of scan.stream.initpos-timestamp, a pattern of Java's."`
	Publisher  string `option:"scan.stream.recordpublisher" default:"POLLING" enum:"POLLING,EFO" doc:"How records are fetched; EFO is not supported."`
	MaxRecords int    `option:"scan.shard.getrecords.maxrecordcount" default:"10000" doc:"The most records of one GetRecords."`
	PollMillis int    `option:"scan.shard.getrecords.intervalmillis" default:"200" doc:"The time between two GetRecords of a shard that has nothing more, in ms."`
	DiscoverMs int64  `option:"scan.shard.discovery.intervalmillis" default:"10000" doc:"The time between two looks for new shards, in ms."`
	ShardIdle  string `option:"scan.shard.idle.interval" default:"-1" doc:"A shard without records for so many ms does not hold the watermark back."`

	StreamARN  string        `option:"stream.arn" doc:"The stream's ARN (newer dialect)."`
	Position   string        `option:"source.init.position" default:"LATEST" enum:"LATEST,TRIM_HORIZON,AT_TIMESTAMP" doc:"Where to begin."`
	Timestamp  string        `option:"source.init.timestamp" doc:"With AT_TIMESTAMP: when."`
	TimeFormat string        `option:"source.init.timestamp.format" default:"yyyy-MM-dd'T'HH:mm:ss.SSSXXX" doc:"The format of source.init.timestamp."`
	Discover   time.Duration `option:"source.shard.discovery.interval" default:"10 s" doc:"The time between two looks for new shards."`
	NewMax     int           `option:"source.shard.get-records.max-record-count" default:"10000" doc:"The most records of one GetRecords."`
	ReaderType string        `option:"source.reader.type" default:"POLLING" enum:"POLLING,EFO" doc:"How records are fetched; EFO is not supported."`
	EmptyPoll  time.Duration `option:"source.reader.empty-records-fetch-interval" default:"250 ms" doc:"The time between two GetRecords of a shard that has nothing more."`

	AWS map[string]string `option:"aws.*" doc:"Region, endpoint and credentials."`

	Partitioner string `option:"sink.partitioner" doc:"Without PARTITIONED BY: 'random' (the default), or 'fixed', a key a task."`
	Delimiter   string `option:"sink.partitioner-field-delimiter" default:"|" doc:"Between the columns of PARTITIONED BY in a partition key."`
	FailOnError bool   `option:"sink.fail-on-error" default:"false" doc:"Fail when a record is refused, instead of sending it again."`
	BatchSize   int    `option:"sink.batch.max-size" default:"500" doc:"The most records of one PutRecords."`
	InFlight    int    `option:"sink.requests.max-inflight" default:"50" doc:"The most PutRecords of a task under way at a time."`
	Buffered    int    `option:"sink.requests.max-buffered" default:"10000" doc:"The most records a task holds."`
	FlushBytes  int64  `option:"sink.flush-buffer.size" default:"5242880" doc:"The most bytes of one PutRecords."`
}

// Factory describes the connector.
func Factory() *connector.Factory {
	return &connector.Factory{
		Name: "kinesis", Doc: "Reads and writes an Amazon Kinesis data stream.", Options: &Options{},
		Validate: func(t *connector.Table, formats map[string]*format.Format) error {
			_, err := parse(t, formats)
			return err
		},
		NewSource: newSource,
		NewSink:   newSink,
	}
}

// settings are the options of either dialect, understood.
type settings struct {
	Options
	name     string // of the stream; "" when it goes by ARN
	arn      string
	initpos  string
	initTime time.Time
	max      int32
	poll     time.Duration
	discover time.Duration
	format   *format.Format
}

// parse checks a table's options.
func parse(t *connector.Table, formats map[string]*format.Format) (*settings, error) {
	s := &settings{}
	name := t.Options["format"]
	if err := option.Decode(t.Options, &s.Options, append(tuning(), name+".*")...); err != nil {
		return nil, err
	}
	if s.format = formats[name]; s.format == nil {
		names := make([]string, 0, len(formats))
		for n := range formats {
			names = append(names, n)
		}
		e := errs.New(errs.Invalid, "option.value", "Could not find any format factory for identifier '%s'", name)
		if near := errs.Nearest(name, names); near != "" {
			e = e.WithHint("did you mean '%s'?", near)
		}
		return nil, e
	}
	var err error
	switch {
	case s.StreamARN != "" && s.Stream != "":
		return nil, errs.New(errs.Invalid, "option.conflict", "'stream' and 'stream.arn' are options of two dialects; a table uses one")
	case s.StreamARN != "":
		err = s.newer(t)
	case s.Stream != "":
		err = s.older(t)
	default:
		return nil, errs.New(errs.Invalid, "option.missing", "One or more required options are missing.\n\nMissing required options are:\n\nstream").
			WithHint("'stream' = name, or 'stream.arn' = ARN")
	}
	if err == nil && (s.Publisher == "EFO" || s.ReaderType == "EFO") {
		err = errs.New(errs.Unsupported, "kinesis.efo", "enhanced fan-out (EFO) is not supported by this version of Weir").
			WithHint("leave the option out: POLLING")
	}
	if err == nil {
		err = s.checkSink(t)
	}
	return s, err
}

// older reads the dialect of Flink 1.11 to 1.20.
func (s *settings) older(t *connector.Table) error {
	for k := range t.Options {
		if strings.HasPrefix(k, "source.") {
			return errs.New(errs.Invalid, "option.conflict", "option '%s' belongs to the dialect with 'stream.arn', this table has 'stream'", k)
		}
	}
	s.name, s.initpos, s.max = s.Stream, s.Initpos, int32(s.MaxRecords)
	s.poll, s.discover = time.Duration(s.PollMillis)*time.Millisecond, time.Duration(s.DiscoverMs)*time.Millisecond
	return s.begin(s.InitTime, s.InitFormat, "scan.stream.initpos-timestamp")
}

// newer reads the dialect of the connector from 5.0 on.
func (s *settings) newer(t *connector.Table) error {
	for k := range t.Options {
		if strings.HasPrefix(k, "scan.") {
			return errs.New(errs.Invalid, "option.conflict", "option '%s' belongs to the dialect with 'stream', this table has 'stream.arn'", k)
		}
	}
	s.arn, s.initpos, s.max, s.poll, s.discover = s.StreamARN, s.Position, int32(s.NewMax), s.EmptyPoll, s.Discover
	return s.begin(s.Timestamp, s.TimeFormat, "source.init.timestamp")
}

// begin reads the time of AT_TIMESTAMP.
func (s *settings) begin(text, pattern, key string) error {
	if !strings.EqualFold(s.initpos, "AT_TIMESTAMP") {
		return nil
	}
	if text == "" {
		return errs.New(errs.Invalid, "option.missing", "AT_TIMESTAMP needs the option '%s'", key)
	}
	t, err := parseTime(text, pattern)
	if err != nil {
		return errs.New(errs.Invalid, "option.value", "Could not parse value '%s' for key '%s': %v", text, key, err)
	}
	s.initTime = t
	return nil
}

// client makes the client of the table's stream.
func (s *settings) client(ctx context.Context, env *connector.Env, t *connector.Table) (*kinesis.Client, error) {
	cfg, err := awsenv.Load(ctx, env.Getenv, t.Options)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" && s.arn != "" {
		if parts := strings.Split(s.arn, ":"); len(parts) > 3 {
			cfg.Region = parts[3]
		}
	}
	if cfg.Region == "" {
		return nil, errs.New(errs.Invalid, "option.missing", "the AWS region is not known").WithHint("set the option 'aws.region', or AWS_REGION")
	}
	endpoint := awsenv.Endpoint(env.Getenv, "KINESIS", t.Options)
	return kinesis.NewFromConfig(cfg, func(o *kinesis.Options) {
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
	}), nil
}

// stream names the stream in a request.
func (s *settings) stream() (name, arn *string) {
	if s.arn != "" {
		return nil, &s.arn
	}
	return &s.name, nil
}

// formatConfig is the table's format options.
func formatConfig(s *settings, t *connector.Table) format.Config {
	return format.Config{Fields: t.Fields, Options: option.Under(t.Options, s.format.Name+"."), Profile: t.Profile}
}
