package glue

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/svc/glue/classify"
	"weir/internal/aws/svc/glue/layout"
	"weir/internal/aws/wire"
)

const (
	logGroup = "/aws-glue/crawlers"
	session  = "AWS-Crawler"
)

// counts are what a crawl did to one kind of thing.
type counts struct{ Added, Updated, Deleted int32 }

// crawlRec is one crawl in the crawler's history.
type crawlRec struct {
	ID     string
	State  string
	Start  time.Time
	End    time.Time
	Error  string
	Tables counts
	Parts  counts
}

// key sorts the newest crawl first.
func (r crawlRec) key(region, crawler string) []string {
	return []string{region, crawler, fmt.Sprintf("%020d", 1<<62-r.Start.UnixNano()), r.ID}
}

// crawl is a crawl under way.
type crawl struct {
	s      *Service
	of     crawlerRec
	config configuration
	rec    crawlRec
	cred   Credentials
	call   *wire.Call // as the role
	custom []classify.Classifier
	ctx    context.Context
	cancel context.CancelFunc
	seen   map[string]bool // tables this crawl found
	done   chan struct{}   // closed when the end is recorded
}

func runKey(region, name string) string { return region + "/" + name }

// recover ends the crawls that a dead server left behind.
func (s *Service) recover() error {
	for r, err := range s.crawlers.Scan(nil, nil) {
		if err != nil {
			return err
		}
		if deref(r.Crawler.State) == api.CrawlerStateReady {
			continue
		}
		for h, err := range s.crawls.Scan([]string{r.Region, *r.Crawler.Name}, nil) {
			if err != nil {
				return err
			}
			if h.State == api.CrawlerHistoryStateRunning {
				h.State, h.End, h.Error = api.CrawlerHistoryStateFailed, s.Clock.Now(), "The server was stopped while the crawler ran"
				if err := s.record(r, h); err != nil {
					return err
				}
			}
			break
		}
	}
	return nil
}

// record writes a crawl and what the crawler shows of it, in one transaction.
func (s *Service) record(r crawlerRec, h crawlRec) error {
	name := *r.Crawler.Name
	now, err := s.crawler(r.Region, name) // the crawler may have changed since
	if err != nil {
		return err
	}
	cr := &now.Crawler
	status := map[string]string{
		api.CrawlerHistoryStateCompleted: api.LastCrawlStatusSucceeded, api.CrawlerHistoryStateFailed: api.LastCrawlStatusFailed,
		api.CrawlerHistoryStateStopped: api.LastCrawlStatusCancelled,
	}[h.State]
	if h.State == api.CrawlerHistoryStateRunning {
		cr.State = new(api.CrawlerStateRunning)
	} else {
		cr.State, cr.CrawlElapsedTime = new(api.CrawlerStateReady), new(int64(0))
		cr.LastCrawl = &api.LastCrawlInfo{Status: new(status), LogGroup: new(logGroup), LogStream: new(name),
			MessagePrefix: new(h.ID), StartTime: new(h.Start)}
		if h.Error != "" {
			cr.LastCrawl.ErrorMessage = new(h.Error)
		}
	}
	tx := s.DB.Begin()
	s.crawlers.PutTx(tx, now, r.Region, name)
	s.crawls.PutTx(tx, h, h.key(r.Region, name)...)
	return tx.Commit()
}

func (s *Service) startCrawler(c *wire.Call, in *api.StartCrawlerRequest) (*api.StartCrawlerResponse, error) {
	r, err := s.crawler(c.Region, in.Name)
	if err != nil {
		return nil, err
	}
	return &api.StartCrawlerResponse{}, s.start(r, c.Now)
}

// start begins a crawl.
func (s *Service) start(r crawlerRec, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := *r.Crawler.Name
	if s.running[runKey(r.Region, name)] != nil {
		return wire.Errorf("CrawlerRunningException", "Crawler with name %s has already started", name)
	}
	id, err := newID(s.Rand)
	if err != nil {
		return err
	}
	config, err := parseConfiguration(deref(r.Crawler.Configuration))
	if err != nil {
		return fmt.Errorf("configuration of crawler %s: %w", name, err)
	}
	run := &crawl{s: s, of: r, config: config, seen: map[string]bool{}, done: make(chan struct{}),
		rec: crawlRec{ID: id, State: api.CrawlerHistoryStateRunning, Start: now.Truncate(time.Millisecond)}}
	run.ctx, run.cancel = context.WithCancel(s.base)
	if err := s.record(r, run.rec); err != nil {
		return err
	}
	s.running[runKey(r.Region, name)] = run
	s.wg.Go(run.run)
	return nil
}

func newID(rand io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

func (s *Service) stopCrawler(c *wire.Call, in *api.StopCrawlerRequest) (*api.StopCrawlerResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.crawler(c.Region, in.Name)
	if err != nil {
		return nil, err
	}
	run := s.running[runKey(c.Region, in.Name)]
	switch {
	case run == nil:
		return nil, wire.Errorf("CrawlerNotRunningException", "Crawler with name %s is not running", in.Name)
	case *r.Crawler.State == api.CrawlerStateStopping:
		return nil, wire.Errorf("CrawlerStoppingException", "Crawler with name %s is stopping", in.Name)
	}
	r.Crawler.State = new(api.CrawlerStateStopping)
	run.cancel()
	return &api.StopCrawlerResponse{}, s.crawlers.Put(r, c.Region, in.Name)
}

// run is a crawl's life: it ends COMPLETED, FAILED or STOPPED, and is recorded.
func (r *crawl) run() {
	defer close(r.done)
	r.log("BENCHMARK : Running Start Crawl for Crawler " + *r.of.Crawler.Name)
	err := r.work()
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.rec.End, r.rec.State = r.s.Clock.Now(), api.CrawlerHistoryStateCompleted
	var we *wire.Error
	switch {
	case r.ctx.Err() != nil && r.s.base.Err() != nil:
		r.rec.State, r.rec.Error = api.CrawlerHistoryStateFailed, "The server was stopped while the crawler ran"
	case r.ctx.Err() != nil:
		r.rec.State = api.CrawlerHistoryStateStopped
	case errors.As(err, &we):
		r.rec.State, r.rec.Error = api.CrawlerHistoryStateFailed, we.Message
	case err != nil:
		r.rec.State, r.rec.Error = api.CrawlerHistoryStateFailed, err.Error()
	}
	if r.rec.Error != "" {
		r.log("ERROR : " + r.rec.Error)
	}
	r.log("BENCHMARK : Crawler has finished running and is in state READY")
	delete(r.s.running, runKey(r.of.Region, *r.of.Crawler.Name))
	r.cancel()
	if err := r.s.record(r.of, r.rec); err != nil {
		r.log("ERROR : " + err.Error()) // the store is broken; the next start ends this crawl as FAILED
	}
}

// Wait returns when no crawl of the crawler, in any region, is under way.
func (s *Service) Wait(crawler string) {
	s.mu.Lock()
	var runs []*crawl
	for _, r := range s.running {
		if *r.of.Crawler.Name == crawler {
			runs = append(runs, r)
		}
	}
	s.mu.Unlock()
	for _, r := range runs {
		<-r.done
	}
}

func (r *crawl) log(lines ...string) {
	for i := range lines {
		lines[i] = "[" + r.rec.ID + "] " + lines[i]
	}
	ctx := context.WithoutCancel(r.ctx)
	// A crawl goes on when its log cannot be written.
	_ = r.s.Logs.PutLines(ctx, r.of.Account, r.of.Region, logGroup, *r.of.Crawler.Name, r.s.Clock.Now(), lines)
}

func (r *crawl) work() error {
	r.call = &wire.Call{Context: r.ctx, Service: "glue", Account: r.of.Account, Region: r.of.Region, Partition: r.of.Partition,
		Authorizer: r.s.Authorizer, RequestID: r.rec.ID}
	var err error
	r.cred, r.call.Principal, err = r.s.Roles.AssumeRole(r.ctx, r.of.RoleARN, principal, session, r.call.ARN("glue", "crawler/"+*r.of.Crawler.Name))
	if err != nil {
		return fmt.Errorf("Service is unable to assume role %s: %w", r.of.RoleARN, err)
	}
	for _, name := range r.of.Crawler.Classifiers {
		c, err := r.s.classifier(r.of.Region, name)
		if err != nil {
			return err
		}
		r.custom = append(r.custom, c.use())
	}
	type found struct {
		target api.S3Target
		tables []layout.Table
	}
	var all []found
	for _, target := range r.of.Crawler.Targets.S3Targets {
		tables, err := r.target(target)
		if err != nil {
			return err
		}
		all = append(all, found{target, tables})
	}
	r.log("BENCHMARK : Classification complete, writing results to database " + deref(r.of.Crawler.DatabaseName))
	if err := r.ensureDatabase(); err != nil {
		return err
	}
	for _, f := range all {
		for _, t := range f.tables {
			if err := r.writeTable(f.target, t); err != nil {
				return err
			}
		}
	}
	if err := r.vanished(); err != nil {
		return err
	}
	r.log("BENCHMARK : Finished writing to Catalog")
	return nil
}

// target lists one include path and groups what it holds.
func (r *crawl) target(t api.S3Target) ([]layout.Table, error) {
	bucket, prefix := splitPath(deref(t.Path))
	skip, err := layout.NewExcluder(t.Exclusions)
	if err != nil {
		return nil, err
	}
	folders := map[string][]Object{}
	var order []string
	err = r.s.Objects.List(r.ctx, r.cred, bucket, prefix, func(o Object) error {
		rel := strings.TrimPrefix(o.Key, prefix)
		if skip.Skips(rel, o.Size) {
			return nil
		}
		dir := rel[:strings.LastIndexByte(rel, '/')+1]
		if folders[dir] == nil {
			order = append(order, dir)
		}
		folders[dir] = append(folders[dir], o)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing s3://%s/%s: %w", bucket, prefix, err)
	}
	known, err := r.knownFolders(bucket, prefix)
	if err != nil {
		return nil, err
	}
	var leaves []layout.Leaf
	for _, dir := range order {
		if known[dir] {
			continue
		}
		leaf, err := r.leaf(bucket, dir, folders[dir], int(deref(t.SampleSize)))
		if err != nil {
			return nil, err
		}
		leaves = append(leaves, leaf)
	}
	o := layout.Options{
		Combine: r.config.Grouping.TableGroupingPolicy == "CombineCompatibleSchemas",
		Level:   r.config.Grouping.TableLevelConfiguration, Depth: 1 + strings.Count(prefix, "/"),
	}
	return layout.Tables(leaves, o), nil
}

// leaf classifies the files of a folder.
func (r *crawl) leaf(bucket, dir string, objects []Object, sample int) (layout.Leaf, error) {
	leaf := layout.Leaf{Path: dir, Objects: len(objects)}
	for _, o := range objects {
		leaf.Bytes += o.Size
	}
	if sample > 0 && sample < len(objects) {
		objects = objects[:sample]
	}
	unknown := 0
	for _, o := range objects {
		s, err := r.read(bucket, o)
		if err != nil {
			return leaf, err
		}
		schema := classify.Classify(r.custom, s)
		if schema.Classification == classify.Unknown {
			unknown++
			r.log("INFO : The classification of s3://" + bucket + "/" + o.Key + " is UNKNOWN")
			continue
		}
		if leaf.Schema.Classification == "" {
			leaf.Schema, leaf.Compression = schema, layout.Compression(o.Key)
			continue
		}
		if leaf.Schema.Classification == schema.Classification {
			leaf.Schema.Columns = classify.MergeColumns(leaf.Schema.Columns, schema.Columns)
			leaf.Schema.Records += schema.Records
			leaf.Schema.Bytes += schema.Bytes
		}
	}
	if leaf.Schema.Classification == "" {
		leaf.Schema = classify.Schema{Classification: classify.Unknown}
		leaf.Compression = layout.Compression(objects[0].Key)
	}
	return leaf, nil
}

// read is an object's beginning, decompressed; what cannot be is as it is, and
// UNKNOWN.
func (r *crawl) read(bucket string, o Object) (classify.Sample, error) {
	data, _, err := r.s.Objects.Read(r.ctx, r.cred, bucket, o.Key, 0, classify.SampleSize)
	if err != nil {
		return classify.Sample{}, fmt.Errorf("reading s3://%s/%s: %w", bucket, o.Key, err)
	}
	s := classify.Sample{Name: path.Base(o.Key), Data: data, Whole: int64(len(data)) == o.Size, Size: o.Size}
	s.Tail = data
	for n := classify.Footer(s); n > 0 && !s.Whole; n = classify.Footer(s) {
		if s.Tail, _, err = r.s.Objects.Read(r.ctx, r.cred, bucket, o.Key, o.Size-n, n); err != nil {
			return s, fmt.Errorf("reading the end of s3://%s/%s: %w", bucket, o.Key, err)
		}
	}
	var plain io.Reader
	switch layout.Compression(o.Key) {
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return s, nil
		}
		plain = z
	case "bzip2":
		plain = bzip2.NewReader(bytes.NewReader(data))
	default:
		return s, nil
	}
	out, err := io.ReadAll(io.LimitReader(plain, classify.SampleSize))
	if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		s.Whole = s.Whole && len(out) < classify.SampleSize
		s.Data = out
	}
	return s, nil
}

// summary is the Summary of ListCrawls.
func (r crawlRec) summary() string {
	kind := func(c counts) map[string]any {
		m := map[string]any{}
		for k, n := range map[string]int32{"ADD": c.Added, "UPDATE": c.Updated, "DELETE": c.Deleted} {
			if n > 0 {
				m[k] = map[string]any{"COUNT": n}
			}
		}
		return m
	}
	out := map[string]any{}
	if m := kind(r.Tables); len(m) > 0 {
		out["TABLE"] = m
	}
	if m := kind(r.Parts); len(m) > 0 {
		out["PARTITION"] = m
	}
	data, err := json.Marshal(out)
	if err != nil {
		return "{}" // maps of numbers always marshal
	}
	return string(data)
}

func (s *Service) listCrawls(c *wire.Call, in *api.ListCrawlsRequest) (*api.ListCrawlsResponse, error) {
	if _, err := s.crawler(c.Region, in.CrawlerName); err != nil {
		return nil, err
	}
	from, err := after(in.NextToken, c.Region, in.CrawlerName)
	if err != nil {
		return nil, err
	}
	list, next, err := page(s.crawls.Scan([]string{c.Region, in.CrawlerName}, from), size(in.MaxResults, 20),
		func(h crawlRec) bool { return matchesFilters(h, in.Filters) },
		func(h crawlRec) []string { return h.key(c.Region, in.CrawlerName) })
	out := &api.ListCrawlsResponse{Crawls: []api.CrawlerHistory{}, NextToken: next}
	for _, h := range list {
		e := api.CrawlerHistory{CrawlId: new(h.ID), State: new(h.State), StartTime: new(h.Start), LogGroup: new(logGroup),
			LogStream: new(in.CrawlerName), MessagePrefix: new(h.ID), Summary: new(h.summary()), DPUHour: new(0.0)}
		if h.State != api.CrawlerHistoryStateRunning {
			e.EndTime = new(h.End)
		}
		if h.Error != "" {
			e.ErrorMessage = new(h.Error)
		}
		out.Crawls = append(out.Crawls, e)
	}
	return out, err
}

func matchesFilters(h crawlRec, filters []api.CrawlsFilter) bool {
	for _, f := range filters {
		have := map[string]string{api.FieldNameCrawlId: h.ID, api.FieldNameState: h.State,
			api.FieldNameStartTime: fmt.Sprintf("%020d", h.Start.UnixMilli()), api.FieldNameEndTime: fmt.Sprintf("%020d", h.End.UnixMilli()),
			api.FieldNameDpuHour: "0"}[deref(f.FieldName)]
		want := deref(f.FieldValue)
		if n := deref(f.FieldName); n == api.FieldNameStartTime || n == api.FieldNameEndTime {
			want = fmt.Sprintf("%020s", want)
		}
		c := strings.Compare(have, want)
		ok := map[string]bool{api.FilterOperatorEq: c == 0, api.FilterOperatorNe: c != 0, api.FilterOperatorGt: c > 0,
			api.FilterOperatorGe: c >= 0, api.FilterOperatorLt: c < 0, api.FilterOperatorLe: c <= 0}[deref(f.FilterOperator)]
		if !ok {
			return false
		}
	}
	return true
}
