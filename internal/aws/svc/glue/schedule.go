package glue

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/wire"
)

func (s *Service) startCrawlerSchedule(c *wire.Call, in *api.StartCrawlerScheduleRequest) (*api.StartCrawlerScheduleResponse, error) {
	return &api.StartCrawlerScheduleResponse{}, s.setState(c, in.CrawlerName, api.ScheduleStateNotScheduled, api.ScheduleStateScheduled,
		wire.Errorf("SchedulerRunningException", "The schedule of crawler %s is running already", in.CrawlerName))
}

func (s *Service) stopCrawlerSchedule(c *wire.Call, in *api.StopCrawlerScheduleRequest) (*api.StopCrawlerScheduleResponse, error) {
	return &api.StopCrawlerScheduleResponse{}, s.setState(c, in.CrawlerName, api.ScheduleStateScheduled, api.ScheduleStateNotScheduled,
		wire.Errorf("SchedulerNotRunningException", "The schedule of crawler %s is not running", in.CrawlerName))
}

func (s *Service) setState(c *wire.Call, name, from, to string, wrong error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.crawler(c.Region, name)
	if err != nil {
		return err
	}
	if r.Crawler.Schedule == nil {
		return wire.Errorf("NoScheduleException", "Crawler %s has no schedule", name)
	}
	if *r.Crawler.Schedule.State != from {
		return wrong
	}
	r.Crawler.Schedule.State = new(to)
	return s.crawlers.Put(r, c.Region, name)
}

func (s *Service) updateCrawlerSchedule(c *wire.Call, in *api.UpdateCrawlerScheduleRequest) (*api.UpdateCrawlerScheduleResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.crawler(c.Region, in.CrawlerName)
	if err != nil {
		return nil, err
	}
	if err := setSchedule(&r.Crawler, deref(in.Schedule)); err != nil {
		return nil, err
	}
	return &api.UpdateCrawlerScheduleResponse{}, s.crawlers.Put(r, c.Region, in.CrawlerName)
}

// scheduleLoop starts the crawls whose minute has come.
func (s *Service) scheduleLoop() {
	for {
		now := s.Clock.Now()
		tick, stop := s.Clock.After(now.Truncate(time.Minute).Add(time.Minute).Sub(now))
		select {
		case <-s.base.Done():
			stop()
			return
		case <-tick:
			s.startDue(s.Clock.Now())
		}
	}
}

func (s *Service) startDue(now time.Time) {
	var due []crawlerRec
	for r, err := range s.crawlers.Scan(nil, nil) {
		if err != nil {
			return // the store is broken; every call says so
		}
		sch := r.Crawler.Schedule
		if sch == nil || deref(sch.State) != api.ScheduleStateScheduled {
			continue
		}
		if c, err := parseCron(deref(sch.ScheduleExpression)); err == nil && c.matches(now) {
			due = append(due, r)
		}
	}
	for _, r := range due {
		_ = s.start(r, now) // running already: this turn is left out, as AWS does
	}
}

// cron is a parsed cron(minutes hours day-of-month month day-of-week year).
type cron [6]map[int]bool // nil: any

// parseCron reads AWS's cron expressions: lists, ranges, steps, names, ? and *.
func parseCron(text string) (cron, error) {
	var c cron
	body, ok := strings.CutPrefix(text, "cron(")
	if !ok || !strings.HasSuffix(body, ")") {
		return c, fmt.Errorf("it must be cron(minutes hours day-of-month month day-of-week year)")
	}
	fields := strings.Fields(strings.TrimSuffix(body, ")"))
	if len(fields) != 6 {
		return c, fmt.Errorf("it has %d fields, not 6", len(fields))
	}
	bounds := [6][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {1, 7}, {1970, 2199}}
	for i, f := range fields {
		set, err := cronField(f, bounds[i][0], bounds[i][1], i)
		if err != nil {
			return c, fmt.Errorf("field %q: %w", f, err)
		}
		c[i] = set
	}
	return c, nil
}

func cronField(f string, lo, hi, i int) (map[int]bool, error) {
	if f == "*" || f == "?" {
		return nil, nil
	}
	set := map[int]bool{}
	for part := range strings.SplitSeq(f, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			var err error
			if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
				return nil, fmt.Errorf("%q is not a step", stepText)
			}
		}
		from, to := lo, hi
		if span != "*" {
			a, b, ranged := strings.Cut(span, "-")
			var err error
			if from, err = cronValue(a, i); err != nil {
				return nil, err
			}
			switch {
			case ranged:
				if to, err = cronValue(b, i); err != nil {
					return nil, err
				}
			case !stepped:
				to = from
			}
		}
		if from < lo || to > hi || from > to {
			return nil, fmt.Errorf("%s is not within %d-%d", span, lo, hi)
		}
		for v := from; v <= to; v += step {
			set[v] = true
		}
	}
	return set, nil
}

func cronValue(s string, field int) (int, error) {
	names := map[int]string{3: "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", 4: "SUNMONTUEWEDTHUFRISAT"}[field]
	if len(s) == 3 && names != "" {
		if at := strings.Index(names, strings.ToUpper(s)); at >= 0 && at%3 == 0 {
			return at/3 + 1, nil
		}
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not supported here", s)
	}
	return n, nil
}

func (c cron) matches(t time.Time) bool {
	t = t.UTC()
	for i, v := range []int{t.Minute(), t.Hour(), t.Day(), int(t.Month()), int(t.Weekday()) + 1, t.Year()} {
		if c[i] != nil && !c[i][v] {
			return false
		}
	}
	return true
}
