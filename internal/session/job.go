package session

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"weir/internal/connector"
	"weir/internal/engine/build"
	"weir/internal/engine/exec"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/engine/run"
	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/fn"
	"weir/internal/sql/opt"
	"weir/internal/sql/plan"
)

// Job is a job the session has started.
type Job struct {
	*run.Job
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// Cancel stops the job without a checkpoint; it has ended when Wait returns.
func (j *Job) Cancel() { j.cancel() }

// Done is closed when the job has ended.
func (j *Job) Done() <-chan struct{} { return j.done }

// Wait waits for the job's end and returns what ended it: nil when it finished
// or was stopped, run.ErrCanceled, or its failure.
func (j *Job) Wait(ctx context.Context) error {
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// insert starts the job of some inserts.
func (s *Session) insert(ctx context.Context, inserts []*ast.Insert) (*Result, error) {
	if len(inserts) == 0 {
		return nil, errs.New(errs.Invalid, "sql.statement-set", "No statements in statement set: there is nothing to execute")
	}
	roots, err := s.sinks(inserts)
	if err != nil {
		return nil, err
	}
	name := s.options["pipeline.name"]
	if name == "" {
		name = "insert-into_" + roots[0].(*plan.Sink).Table.Path.String()
		for _, r := range roots[1:] {
			name += "," + r.(*plan.Sink).Table.Path.String()
		}
	}
	job, err := s.start(ctx, name, roots, nil)
	if err != nil {
		return nil, err
	}
	id := job.ID
	r := ok()
	r.Columns[0].Name, r.Rows[0][0], r.Job = "job id", &id, job
	return r, nil
}

// optimize applies the rules, and settles which changes flow where.
func (s *Session) optimize(n plan.Node) (plan.Node, error) {
	env, err := s.fnEnv()
	if err != nil {
		return nil, err
	}
	rules := opt.Rules(folder(env))
	if without := s.cfg.WithoutRule; without != nil {
		rules = slices.DeleteFunc(rules, func(r opt.Rule) bool { return without(r.Name) })
	}
	if n, err = opt.Optimize(n, rules, nil); err != nil {
		return nil, err
	}
	return opt.Changelogs(n, s.takes)
}

// takes is the changes that the end of a plan takes. A sink whose connector is
// not known takes all: that it is not known is said when the job is built.
func (s *Session) takes(end plan.Node) plan.Changes {
	sink, ok := end.(*plan.Sink)
	if !ok {
		return plan.All
	}
	f := s.cfg.Connectors[sink.Options["connector"]]
	if f == nil {
		return plan.All
	}
	if f.Accepts == nil {
		return plan.InsertOnly
	}
	t := &connector.Table{Name: sink.Table.Path.String(), PartitionKeys: sink.Table.PartitionKeys,
		PrimaryKey: sink.Table.PrimaryKey, Options: sink.Options, Config: s.options, Profile: s.cfg.Profile}
	return map[connector.Changes]plan.Changes{connector.InsertOnly: plan.InsertOnly, connector.Upsert: plan.Upsert,
		connector.All: plan.All}[f.Accepts(t)]
}

// folder computes constant expressions with the engine's own kernels; what
// fails is left for the job to fail on.
func folder(env *fn.Env) opt.Fold {
	return func(e plan.Expr) (plan.Expr, bool) {
		lit, err := expr.Fold(env, e)
		return lit, err == nil && lit != nil
	}
}

// start builds and starts a job.
func (s *Session) start(ctx context.Context, name string, roots []plan.Node, collect func() op.Operator) (*Job, error) {
	env, err := s.fnEnv()
	if err != nil {
		return nil, err
	}
	conf, err := s.jobConfig()
	if err != nil {
		return nil, err
	}
	g, err := s.builder(env, conf, collect).Build(ctx, name, roots)
	if err != nil {
		return nil, err
	}
	if conf.run.Store, err = s.cfg.Checkpoints(s.started); err != nil {
		return nil, err
	}
	if conf.run.Restore, err = s.recovery(); err != nil {
		return nil, err
	}
	if s.started == 0 && s.cfg.Restore != nil {
		conf.run.Restore = s.cfg.Restore
	}
	var id [16]byte
	if _, err := io.ReadFull(s.cfg.Rand, id[:]); err != nil {
		return nil, fmt.Errorf("making a job id: %w", err)
	}
	jctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	j := &Job{Job: run.New(hex.EncodeToString(id[:]), g, conf.run), cancel: cancel, done: make(chan struct{})}
	s.jobs = append(s.jobs, j)
	s.started++
	if s.cfg.OnJob != nil {
		s.cfg.OnJob(j.Job)
	}
	go func() {
		defer close(j.done)
		defer cancel()
		j.err = j.Run(jctx)
	}()
	return j, nil
}

// builder makes the graphs of jobs.
func (s *Session) builder(env *fn.Env, conf jobConfig, collect func() op.Operator) *build.Builder {
	return &build.Builder{Connectors: s.cfg.Connectors, Formats: s.cfg.Formats, Env: s.cfg.Env, FnEnv: env, Python: s.python,
		Config: maps.Clone(s.options), Profile: s.cfg.Profile, Parallelism: conf.parallelism, Watermarks: conf.watermarks, Collect: collect}
}

// jobConfig is the session's configuration as a job's.
type jobConfig struct {
	run         run.Config
	parallelism int
	watermarks  exec.WatermarkOptions
}

func (s *Session) jobConfig() (jobConfig, error) {
	o := options{values: s.options}
	if len(s.cfg.Overrides) > 0 {
		o.values = maps.Clone(s.options)
		maps.Copy(o.values, s.cfg.Overrides)
	}
	c := jobConfig{parallelism: o.integer("parallelism.default", 1)}
	c.run = run.Config{Clock: s.cfg.Clock, Log: s.cfg.Log, Metrics: s.cfg.Metrics, FS: s.cfg.FS,
		Interval: o.duration("execution.checkpointing.interval", 0),
		MinPause: o.duration("execution.checkpointing.min-pause", 0),
		Timeout:  o.duration("execution.checkpointing.timeout", 10*time.Minute),
		Retained: 1,
		Restart:  s.cfg.Retries,
		AllowNonRestoredState: s.cfg.AllowNonRestoredState ||
			o.text("execution.state-recovery.ignore-unclaimed-state", o.text("execution.savepoint.ignore-unclaimed-state", "")) == "true",
	}
	switch kind := o.text("restart-strategy.type", o.text("restart-strategy", "")); kind {
	case "":
	case "none", "off", "disable":
		c.run.Restart = run.RestartStrategy{}
	case "fixed-delay", "fixeddelay":
		c.run.Restart = run.RestartStrategy{
			Attempts: o.integer("restart-strategy.fixed-delay.attempts", 1),
			Delay:    o.duration("restart-strategy.fixed-delay.delay", time.Second)}
		if c.run.Restart.Attempts == math.MaxInt32 {
			c.run.Restart.Attempts = -1
		}
	default:
		o.fail("restart-strategy", kind, "none or fixed-delay")
	}
	c.watermarks = exec.WatermarkOptions{
		Interval:    o.duration("pipeline.auto-watermark-interval", 200*time.Millisecond).Milliseconds(),
		IdleTimeout: o.duration("table.exec.source.idle-timeout", 0).Milliseconds(),
		Single:      o.text("weir.source.watermark-per-split", "true") == "false",
	}
	if c.parallelism < 1 || c.parallelism > op.DefaultMaxParallelism {
		o.fail("parallelism.default", strconv.Itoa(c.parallelism), fmt.Sprintf("1 to %d", op.DefaultMaxParallelism))
	}
	return c, errors.Join(o.errs...)
}
