package glue

import (
	"encoding/json"
	"slices"
	"strings"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/svc/glue/layout"
	"weir/internal/aws/wire"
)

// principal is whom the crawler's role must trust.
const principal = "glue.amazonaws.com"

// crawlerRec is a crawler and what its crawls need when no caller is there.
type crawlerRec struct {
	Crawler   api.Crawler
	RoleARN   string
	Account   string
	Region    string
	Partition string
}

func (s *Service) crawler(region, name string) (crawlerRec, error) {
	r, ok, err := s.crawlers.Get(region, name)
	if err == nil && !ok {
		err = notFound("Crawler entry with name %s does not exist", name)
	}
	return r, err
}

// roleARN is the ARN of a role given by name, path and name, or ARN.
func roleARN(c *wire.Call, role string) string {
	if strings.HasPrefix(role, "arn:") {
		return role
	}
	return "arn:" + c.Partition + ":iam::" + c.Account + ":role/" + strings.TrimPrefix(role, "/")
}

// settings are what Create and Update have in common.
type settings struct {
	role, database, description, configuration, prefix, schedule *string
	targets                                                      *api.CrawlerTargets
	classifiers                                                  []string
	schema                                                       *api.SchemaChangePolicy
	recrawl                                                      *api.RecrawlPolicy
}

// apply puts settings into a crawler, those that are given.
func (s *Service) apply(c *wire.Call, r *crawlerRec, in settings) error {
	cr := &r.Crawler
	set := func(dst **string, v *string) {
		if v != nil {
			*dst = v
		}
	}
	if in.role != nil {
		r.RoleARN = roleARN(c, *in.role)
		if err := c.MayPassRole(r.RoleARN, principal); err != nil {
			return err
		}
		if _, _, err := s.Roles.AssumeRole(c, r.RoleARN, principal, session, c.ARN("glue", "crawler/"+*cr.Name)); err != nil {
			return invalid("Service is unable to assume provided role. Please verify role's TrustPolicy: %v", err)
		}
		cr.Role = new(strings.TrimPrefix(r.RoleARN[strings.Index(r.RoleARN, ":role/")+1:], "role/"))
	}
	set(&cr.DatabaseName, in.database)
	set(&cr.Description, in.description)
	set(&cr.TablePrefix, in.prefix)
	set(&cr.Configuration, in.configuration)
	if in.targets != nil {
		cr.Targets = in.targets
	}
	if in.classifiers != nil {
		cr.Classifiers = in.classifiers
	}
	if in.schema != nil {
		cr.SchemaChangePolicy = &api.SchemaChangePolicy{
			UpdateBehavior: or(in.schema.UpdateBehavior, api.UpdateBehaviorUpdateInDatabase),
			DeleteBehavior: or(in.schema.DeleteBehavior, api.DeleteBehaviorDeprecateInDatabase),
		}
	}
	if in.recrawl != nil {
		cr.RecrawlPolicy = &api.RecrawlPolicy{RecrawlBehavior: or(in.recrawl.RecrawlBehavior, api.RecrawlBehaviorCrawlEverything)}
	}
	if in.schedule != nil {
		if err := setSchedule(cr, *in.schedule); err != nil {
			return err
		}
	}
	return s.check(c, cr)
}

func or(v *string, def string) *string {
	if v == nil || *v == "" {
		return new(def)
	}
	return v
}

func setSchedule(cr *api.Crawler, expression string) error {
	if expression == "" {
		cr.Schedule = nil
		return nil
	}
	if _, err := parseCron(expression); err != nil {
		return invalid("Schedule %s is not a valid cron expression: %v", expression, err)
	}
	cr.Schedule = &api.Schedule{ScheduleExpression: new(expression), State: new(api.ScheduleStateScheduled)}
	return nil
}

// check refuses what AWS refuses and what Weir's crawler does not do.
func (s *Service) check(c *wire.Call, cr *api.Crawler) error {
	t := cr.Targets
	if len(t.JdbcTargets)+len(t.MongoDBTargets)+len(t.DynamoDBTargets)+len(t.CatalogTargets)+len(t.DeltaTargets)+
		len(t.IcebergTargets)+len(t.HudiTargets) > 0 {
		return invalid("Weir's crawlers crawl S3 only: give Targets.S3Targets and no other kind")
	}
	if len(t.S3Targets) == 0 {
		return invalid("Must specify at least one target for the crawler")
	}
	for _, target := range t.S3Targets {
		if bucket, _ := splitPath(deref(target.Path)); bucket == "" {
			return invalid("S3 target path %q is not of the form s3://bucket/prefix", deref(target.Path))
		}
		if _, err := layout.NewExcluder(target.Exclusions); err != nil {
			return invalid("%v", err)
		}
		if n := deref(target.SampleSize); target.SampleSize != nil && (n < 1 || n > 249) {
			return invalid("SampleSize must be between 1 and 249")
		}
	}
	if deref(cr.DatabaseName) == "" {
		return invalid("DatabaseName is required for a crawler of S3")
	}
	if _, err := parseConfiguration(deref(cr.Configuration)); err != nil {
		return invalid("Crawler configuration is not valid: %v", err)
	}
	switch policy := deref(cr.RecrawlPolicy).RecrawlBehavior; deref(policy) {
	case api.RecrawlBehaviorCrawlEventMode:
		return invalid("CRAWL_EVENT_MODE is not supported; use CRAWL_EVERYTHING or CRAWL_NEW_FOLDERS_ONLY")
	case api.RecrawlBehaviorCrawlNewFoldersOnly:
		p := deref(cr.SchemaChangePolicy)
		if deref(p.UpdateBehavior) != api.UpdateBehaviorLog || deref(p.DeleteBehavior) != api.DeleteBehaviorLog {
			return invalid("The SchemaChangePolicy for \"Crawl new folders only\" Amazon S3 target can have only LOG DeleteBehavior value and LOG UpdateBehavior value.")
		}
	}
	for _, name := range cr.Classifiers {
		if _, err := s.classifier(c.Region, name); err != nil {
			return err
		}
	}
	return nil
}

// splitPath cuts s3://bucket/prefix; the prefix ends with / unless it is empty.
func splitPath(path string) (bucket, prefix string) {
	rest, ok := strings.CutPrefix(path, "s3://")
	if !ok {
		if rest, ok = strings.CutPrefix(path, "s3a://"); !ok {
			rest = path // AWS takes bucket/prefix as well
		}
	}
	bucket, prefix, _ = strings.Cut(rest, "/")
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	return bucket, prefix
}

// configuration is a crawler's Configuration, the parts Weir's crawler acts on.
type configuration struct {
	Version       json.Number
	CrawlerOutput struct {
		Partitions, Tables struct{ AddOrUpdateBehavior string }
	}
	Grouping struct {
		TableGroupingPolicy     string
		TableLevelConfiguration int
	}
	CreatePartitionIndex bool
}

func parseConfiguration(text string) (configuration, error) {
	var c configuration
	if text == "" {
		return c, nil
	}
	err := json.Unmarshal([]byte(text), &c)
	return c, err
}

func (s *Service) createCrawler(c *wire.Call, in *api.CreateCrawlerRequest) (*api.CreateCrawlerResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok, err := s.crawlers.Get(c.Region, in.Name); err != nil {
		return nil, err
	} else if ok {
		return nil, exists("Crawler with name %s already exists", in.Name)
	}
	r := crawlerRec{Account: c.Account, Region: c.Region, Partition: c.Partition, Crawler: api.Crawler{
		Name: new(in.Name), State: new(api.CrawlerStateReady), CreationTime: new(c.Now), LastUpdated: new(c.Now), Version: new(int64(1)),
		CrawlElapsedTime: new(int64(0)), Classifiers: []string{}, LineageConfiguration: in.LineageConfiguration,
		LakeFormationConfiguration: in.LakeFormationConfiguration, CrawlerSecurityConfiguration: in.CrawlerSecurityConfiguration,
	}}
	given := settings{
		role: &in.Role, database: in.DatabaseName, description: in.Description, configuration: in.Configuration, prefix: in.TablePrefix,
		schedule: in.Schedule, targets: in.Targets, classifiers: in.Classifiers, schema: in.SchemaChangePolicy, recrawl: in.RecrawlPolicy,
	}
	if given.schema == nil {
		given.schema = &api.SchemaChangePolicy{}
	}
	if given.recrawl == nil {
		given.recrawl = &api.RecrawlPolicy{}
	}
	if err := s.apply(c, &r, given); err != nil {
		return nil, err
	}
	if r.Crawler.LineageConfiguration == nil {
		r.Crawler.LineageConfiguration = &api.LineageConfiguration{CrawlerLineageSettings: new("DISABLE")}
	}
	if len(in.Tags) > 0 {
		if err := s.tags.Put(in.Tags, c.ARN("glue", "crawler/"+in.Name)); err != nil {
			return nil, err
		}
	}
	return &api.CreateCrawlerResponse{}, s.crawlers.Put(r, c.Region, in.Name)
}

func (s *Service) updateCrawler(c *wire.Call, in *api.UpdateCrawlerRequest) (*api.UpdateCrawlerResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.crawler(c.Region, in.Name)
	if err != nil {
		return nil, err
	}
	if *r.Crawler.State != api.CrawlerStateReady {
		return nil, wire.Errorf("CrawlerRunningException", "Crawler with name %s is currently running", in.Name)
	}
	given := settings{
		role: in.Role, database: in.DatabaseName, description: in.Description, configuration: in.Configuration, prefix: in.TablePrefix,
		schedule: in.Schedule, targets: in.Targets, classifiers: in.Classifiers, schema: in.SchemaChangePolicy, recrawl: in.RecrawlPolicy,
	}
	if err := s.apply(c, &r, given); err != nil {
		return nil, err
	}
	r.Crawler.LastUpdated, r.Crawler.Version = new(c.Now), new(*r.Crawler.Version+1)
	return &api.UpdateCrawlerResponse{}, s.crawlers.Put(r, c.Region, in.Name)
}

func (s *Service) deleteCrawler(c *wire.Call, in *api.DeleteCrawlerRequest) (*api.DeleteCrawlerResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.crawler(c.Region, in.Name)
	if err != nil {
		return nil, err
	}
	if *r.Crawler.State != api.CrawlerStateReady {
		return nil, wire.Errorf("CrawlerRunningException", "Crawler with name %s is currently running", in.Name)
	}
	tx := s.DB.Begin()
	for h, err := range s.crawls.Scan([]string{c.Region, in.Name}, nil) {
		if err != nil {
			return nil, err
		}
		s.crawls.DeleteTx(tx, h.key(c.Region, in.Name)...)
	}
	s.crawlers.DeleteTx(tx, c.Region, in.Name)
	s.tags.DeleteTx(tx, c.ARN("glue", "crawler/"+in.Name))
	return &api.DeleteCrawlerResponse{}, tx.Commit()
}

// shown is the crawler as an answer has it: the time of a crawl under way grows.
func (s *Service) shown(c *wire.Call, r crawlerRec) api.Crawler {
	cr := r.Crawler
	if *cr.State != api.CrawlerStateReady && cr.LastCrawl != nil {
		s.mu.Lock()
		if run := s.running[runKey(r.Region, *cr.Name)]; run != nil {
			cr.CrawlElapsedTime = new(c.Now.Sub(run.rec.Start).Milliseconds())
		}
		s.mu.Unlock()
	}
	return cr
}

func (s *Service) getCrawler(c *wire.Call, in *api.GetCrawlerRequest) (*api.GetCrawlerResponse, error) {
	r, err := s.crawler(c.Region, in.Name)
	if err != nil {
		return nil, err
	}
	return &api.GetCrawlerResponse{Crawler: new(s.shown(c, r))}, nil
}

func (s *Service) pageCrawlers(c *wire.Call, token *string, max *int32, keep func(crawlerRec) bool) ([]crawlerRec, *string, error) {
	from, err := after(token, c.Region)
	if err != nil {
		return nil, nil, err
	}
	return page(s.crawlers.Scan([]string{c.Region}, from), size(max, 100), keep,
		func(r crawlerRec) []string { return []string{c.Region, *r.Crawler.Name} })
}

func (s *Service) getCrawlers(c *wire.Call, in *api.GetCrawlersRequest) (*api.GetCrawlersResponse, error) {
	list, next, err := s.pageCrawlers(c, in.NextToken, in.MaxResults, nil)
	out := &api.GetCrawlersResponse{Crawlers: []api.Crawler{}, NextToken: next}
	for _, r := range list {
		out.Crawlers = append(out.Crawlers, s.shown(c, r))
	}
	return out, err
}

func (s *Service) listCrawlers(c *wire.Call, in *api.ListCrawlersRequest) (*api.ListCrawlersResponse, error) {
	var tagErr error
	list, next, err := s.pageCrawlers(c, in.NextToken, in.MaxResults, func(r crawlerRec) bool {
		have, _, err := s.tags.Get(c.ARN("glue", "crawler/"+*r.Crawler.Name))
		if err != nil {
			tagErr = err
		}
		for k, v := range in.Tags {
			if got, ok := have[k]; !ok || v != "" && got != v {
				return false
			}
		}
		return true
	})
	if err == nil {
		err = tagErr
	}
	out := &api.ListCrawlersResponse{CrawlerNames: []string{}, NextToken: next}
	for _, r := range list {
		out.CrawlerNames = append(out.CrawlerNames, *r.Crawler.Name)
	}
	return out, err
}

func (s *Service) batchGetCrawlers(c *wire.Call, in *api.BatchGetCrawlersRequest) (*api.BatchGetCrawlersResponse, error) {
	out := &api.BatchGetCrawlersResponse{Crawlers: []api.Crawler{}, CrawlersNotFound: []string{}}
	for _, name := range in.CrawlerNames {
		r, ok, err := s.crawlers.Get(c.Region, name)
		if err != nil {
			return nil, err
		}
		if !ok {
			out.CrawlersNotFound = append(out.CrawlersNotFound, name)
			continue
		}
		out.Crawlers = append(out.Crawlers, s.shown(c, r))
	}
	return out, nil
}

func (s *Service) getCrawlerMetrics(c *wire.Call, in *api.GetCrawlerMetricsRequest) (*api.GetCrawlerMetricsResponse, error) {
	list, next, err := s.pageCrawlers(c, in.NextToken, in.MaxResults, func(r crawlerRec) bool {
		return len(in.CrawlerNameList) == 0 || slices.Contains(in.CrawlerNameList, *r.Crawler.Name)
	})
	if err != nil {
		return nil, err
	}
	out := &api.GetCrawlerMetricsResponse{CrawlerMetricsList: []api.CrawlerMetrics{}, NextToken: next}
	for _, r := range list {
		m, err := s.metrics(c.Region, *r.Crawler.Name)
		if err != nil {
			return nil, err
		}
		out.CrawlerMetricsList = append(out.CrawlerMetricsList, m)
	}
	return out, nil
}

// metrics are those of a crawler's finished crawls: the tables of the last one,
// the times of all.
func (s *Service) metrics(region, name string) (api.CrawlerMetrics, error) {
	m := api.CrawlerMetrics{CrawlerName: new(name), TimeLeftSeconds: new(0.0), StillEstimating: new(false)}
	var times []float64
	var last crawlRec
	for h, err := range s.crawls.Scan([]string{region, name}, nil) { // the newest first
		if err != nil {
			return m, err
		}
		if h.State != api.CrawlerHistoryStateCompleted {
			continue
		}
		if len(times) == 0 {
			last = h
		}
		times = append(times, h.End.Sub(h.Start).Seconds())
	}
	m.TablesCreated, m.TablesUpdated, m.TablesDeleted = new(last.Tables.Added), new(last.Tables.Updated), new(last.Tables.Deleted)
	if len(times) > 0 {
		m.LastRuntimeSeconds = new(times[0])
		slices.Sort(times)
		m.MedianRuntimeSeconds = new(times[len(times)/2])
	} else {
		m.LastRuntimeSeconds, m.MedianRuntimeSeconds = new(0.0), new(0.0)
	}
	return m, nil
}
