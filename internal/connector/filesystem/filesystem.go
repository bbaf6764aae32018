// Package filesystem is Flink's filesystem connector: tables that are
// directories of files, here or in S3, with a directory k=v for each value of
// a partition column.
//
// Vocabulary. A part is a file written by one task, part-WRITER-TASK-N. A
// partition is a directory k1=v1/k2=v2. Partition commit is telling readers
// that a partition has its data, by a _SUCCESS file.
//
// Reading. Each file is a split, read from its start to its end; a position is
// a byte offset and a line number. Hidden files are passed over.
//
// Writing. Parts are staged (see package objstore) and become visible with the
// checkpoint that covers them: every part ends at the checkpoint's barrier,
// whatever the format, so that data is never later than its marker (Flink rolls
// only some formats at checkpoints and shows others half an hour later).
// Committing is idempotent, and a part is in a checkpoint's committables or it
// is nowhere: what an ended attempt has staged beyond is swept.
package filesystem

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/objstore"
	"weir/internal/option"
	"weir/internal/types"
)

// Options are the connector's options (FileSystemConnectorOptions).
type Options struct {
	Path        string         `option:"path" required:"true" doc:"The table's directory (or one file, for reading): a path, file:///dir or s3://bucket/prefix (also s3a, s3n)."`
	DefaultName string         `option:"partition.default-name" default:"__DEFAULT_PARTITION__" doc:"The directory of NULL and empty partition values."`
	Monitor     *time.Duration `option:"source.monitor-interval" doc:"Look for new files this often, without an end. Without it the table is read once."`
	Statistics  string         `option:"source.report-statistics" default:"ALL" enum:"ALL,NONE" doc:"Accepted for Flink; Weir's planner needs no statistics of files."`
	Regex       string         `option:"source.path.regex-pattern" doc:"Only files whose whole path matches are read."`

	FileSize   option.Size   `option:"sink.rolling-policy.file-size" default:"128MB" doc:"A part is closed when it is bigger."`
	Rollover   time.Duration `option:"sink.rolling-policy.rollover-interval" default:"30 min" doc:"A part is closed when it is older. Each checkpoint closes all parts."`
	Inactivity time.Duration `option:"sink.rolling-policy.inactivity-interval" default:"30 min" doc:"A part is closed when nothing was written to it for so long."`
	Check      time.Duration `option:"sink.rolling-policy.check-interval" default:"1 min" doc:"How often the age of parts is looked at."`
	Shuffle    bool          `option:"sink.shuffle-by-partition.enable" default:"false" doc:"Rows of a partition go to one task: fewer files."`
	Parallel   *int          `option:"sink.parallelism" doc:"The number of tasks that write."`
	Compaction bool          `option:"auto-compaction" default:"false" doc:"Merge the small files of a checkpoint. Not available in Weir."`
	Compacted  *option.Size  `option:"compaction.file-size" doc:"The size that auto-compaction aims at."`

	Trigger    string        `option:"sink.partition-commit.trigger" default:"process-time" enum:"process-time,partition-time" doc:"A partition is committed some time after its first row was seen, or when the watermark passes the time its name tells."`
	Delay      time.Duration `option:"sink.partition-commit.delay" default:"0 s" doc:"How long after."`
	Zone       string        `option:"sink.partition-commit.watermark-time-zone" default:"UTC" doc:"The time zone of the time in partition names."`
	Policy     string        `option:"sink.partition-commit.policy.kind" doc:"How a partition is committed: success-file."`
	PolicyImpl string        `option:"sink.partition-commit.policy.class" doc:"Java class of a custom policy; needs a JVM."`
	PolicyArgs string        `option:"sink.partition-commit.policy.class.parameters" doc:"Parameters of a custom policy."`
	Success    string        `option:"sink.partition-commit.success-file.name" default:"_SUCCESS" doc:"The name of the success file."`

	Extractor string `option:"partition.time-extractor.kind" default:"default" doc:"How the time is found in a partition's name: default."`
	ExtractBy string `option:"partition.time-extractor.class" doc:"Java class of a custom extractor; needs a JVM."`
	Pattern   string `option:"partition.time-extractor.timestamp-pattern" doc:"The time, with $column for partition values: '$dt $hour:00:00'. By default the first partition value."`
	Formatter string `option:"partition.time-extractor.timestamp-formatter" doc:"The Java date pattern of that time; by default yyyy-MM-dd HH:mm:ss or yyyy-MM-dd."`
}

// Factory describes the connector.
func Factory() *connector.Factory {
	return &connector.Factory{
		Name: "filesystem", Doc: "Files in a directory, here or in S3.", Options: &Options{},
		Validate: func(t *connector.Table, formats map[string]*format.Format) error {
			_, err := parse(t, formats)
			return err
		},
		NewSource: newSource,
		NewSink:   newSink,
		Accepts: func(t *connector.Table) connector.Changes {
			if strings.HasSuffix(t.Options["format"], "-json") { // debezium-json and its like
				return connector.All
			}
			return connector.InsertOnly
		},
	}
}

// metadata are the readable metadata columns.
var metadata = []string{"file.path", "file.name", "file.size", "file.modification-time"}

// table is a connector.Table as the options and columns have it.
type table struct {
	*connector.Table
	opts   Options
	format *format.Format
	config format.Config // of the record's columns
	data   []int         // the columns in the file
	keys   []int         // the partition columns, in the order of PartitionKeys
	regex  *regexp.Regexp
	zone   *time.Location
}

func parse(t *connector.Table, formats map[string]*format.Format) (*table, error) {
	tb := &table{Table: t}
	name := t.Options["format"]
	if err := option.Decode(t.Options, &tb.opts, "connector", "format", name+".*"); err != nil {
		return nil, err
	}
	if name == "" {
		return nil, errs.New(errs.Invalid, "option.missing", "Table options do not contain an option key 'format' for discovering a format")
	}
	tb.format = formats[name]
	if tb.format == nil {
		known := make([]string, 0, len(formats))
		for n := range formats {
			known = append(known, n)
		}
		slices.Sort(known)
		e := errs.New(errs.Invalid, "format.unknown", "Could not find any format factory for identifier '%s'. Available are: %s", name, strings.Join(known, ", "))
		if near := errs.Nearest(name, known); near != "" {
			return nil, e.WithHint("did you mean '%s'?", near)
		}
		return nil, e
	}
	if !tb.format.LineBased {
		return nil, errs.New(errs.Unsupported, "format.files", "format '%s' cannot be kept in files", name)
	}
	if err := tb.columns(); err != nil {
		return nil, err
	}
	tb.config.Options, tb.config.Profile = option.Under(t.Options, name+"."), t.Profile
	if err := tb.formatOptions(name); err != nil {
		return nil, err
	}
	return tb, tb.check()
}

// formatOptions has the format read its options, to say now what is wrong.
func (t *table) formatOptions(name string) error {
	var err error
	switch {
	case t.format.NewDecoder != nil:
		_, err = t.format.NewDecoder(t.config)
	case t.format.NewEncoder != nil:
		_, err = t.format.NewEncoder(t.config)
	}
	return err
}

// columns sorts the table's columns into those of the file, of the path, and
// metadata.
func (t *table) columns() error {
	for i, f := range t.Fields {
		if t.Metadata != nil && t.Metadata[i] != "" {
			if !slices.Contains(metadata, t.Metadata[i]) {
				return errs.New(errs.Invalid, "metadata.unknown", "Invalid metadata key '%s' in column '%s'. The filesystem connector has: %s",
					t.Metadata[i], f.Name, strings.Join(metadata, ", "))
			}
			continue
		}
		if !slices.Contains(t.PartitionKeys, f.Name) {
			t.data = append(t.data, i)
			t.config.Fields = append(t.config.Fields, f)
		}
	}
	for _, k := range t.PartitionKeys {
		i := slices.IndexFunc(t.Fields, func(f types.Field) bool { return f.Name == k })
		if i < 0 {
			i = -1 // projected away
		} else if f := t.Fields[i].Type; f.IsNested() || f.IsBinary() {
			return errs.New(errs.Unsupported, "partition.type", "partition column '%s' cannot be of type %s", k, f)
		}
		t.keys = append(t.keys, i)
	}
	if len(t.data) == 0 && len(t.PartitionKeys) > 0 && t.Metadata == nil {
		return errs.New(errs.Invalid, "partition.all", "the table has partition columns only; the files would be empty")
	}
	return nil
}

// check looks at what is not a matter of one option.
func (t *table) check() error {
	o := &t.opts
	var err error
	if o.Regex != "" {
		if t.regex, err = regexp.Compile("^(?:" + o.Regex + ")$"); err != nil {
			return errs.New(errs.Invalid, "option.value", "Could not parse value '%s' for key 'source.path.regex-pattern'", o.Regex).Because(err)
		}
	}
	if t.zone, err = time.LoadLocation(o.Zone); err != nil {
		return errs.New(errs.Invalid, "option.value", "'sink.partition-commit.watermark-time-zone' = '%s' is not a time zone", o.Zone)
	}
	if o.Compaction {
		return errs.New(errs.Unsupported, "option.unsupported", "'auto-compaction' is not available").
			WithHint("leave it out, and make checkpoints less frequent for bigger files")
	}
	for _, p := range o.policies() {
		switch p {
		case "success-file":
		case "metastore":
			return errs.New(errs.Unsupported, "option.unsupported", "Can not configure a 'metastore' partition commit policy for a file system table. You can only configure 'metastore' partition commit policy for a hive table.")
		case "custom":
			return errs.New(errs.Unsupported, "option.unsupported", "partition commit policy 'custom' runs a Java class, which needs a JVM").WithHint("use 'success-file'")
		default:
			return errs.New(errs.Invalid, "option.value", "Unsupported policy: %s", p).WithHint("'sink.partition-commit.policy.kind' may be success-file")
		}
	}
	if o.Extractor != "default" {
		return errs.New(errs.Unsupported, "option.unsupported", "'partition.time-extractor.kind' = '%s' is not available", o.Extractor).
			WithHint("'default' reads the time as timestamp-pattern and timestamp-formatter say")
	}
	_, err = newExtractor(t)
	return err
}

// policies are the kinds of partition commit asked for.
func (o *Options) policies() []string {
	var kinds []string
	for _, p := range strings.Split(o.Policy, ",") {
		if p = strings.ToLower(strings.TrimSpace(p)); p != "" {
			kinds = append(kinds, p)
		}
	}
	return kinds
}

// open opens the table's store.
func (t *table) open(ctx context.Context, env *connector.Env) (objstore.Store, error) {
	return objstore.Open(ctx, objstore.Env{FS: env.FS, Rand: env.Rand, Getenv: env.Getenv, Config: t.Config}, t.opts.Path)
}

// identity is what is read or written.
func (t *table) identity() string { return "filesystem:" + strings.TrimRight(t.opts.Path, "/") }
