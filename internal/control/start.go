package control

import (
	"context"
	"fmt"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// Start starts a READY application and returns the operation's id.
func (m *Manager) Start(k Key, rc *RunConfig) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return "", err
	}
	if a.Status != Ready {
		return "", inUse(&a, "start")
	}
	v, err := m.version(k, a.Version)
	if err != nil {
		return "", err
	}
	if v.Config.Code == nil {
		return "", wire.Errorf("InvalidApplicationConfigurationException", "Application %s has no code.", k.Name)
	}
	a.RunConfig = rc
	if a.Run, err = m.newRun(&a, v.Config, rc); err != nil {
		return "", err
	}
	tx := m.DB.Begin()
	op, err := m.newOperation(tx, &a, "StartApplication", Starting)
	if err != nil {
		return "", err
	}
	if err := tx.Commit(); err != nil {
		return "", err
	}
	m.spawn(k, func(ctx context.Context) { m.start(ctx, k, op.ID) })
	return op.ID, nil
}

func inUse(a *App, what string) error {
	return wire.Errorf("ResourceInUseException", "Application cannot be %s in '%s' state.", map[string]string{
		"start": "started", "stop": "stopped", "update": "updated", "delete": "deleted", "roll back": "rolled back"}[what], a.Status)
}

// newRun makes the record of a run of the current version.
func (m *Manager) newRun(a *App, c Config, rc *RunConfig) (*Run, error) {
	id, err := m.id(8)
	if err != nil {
		return nil, err
	}
	r := &Run{ID: id, Version: a.Version}
	how := RunConfig{RestoreType: SkipRestore}
	if c.SnapshotsEnabled {
		how.RestoreType = RestoreLatest
	}
	if rc != nil {
		how.AllowNonRestoredState = rc.AllowNonRestoredState
		if rc.RestoreType != "" {
			how = *rc
		}
	}
	r.AllowNonRestoredState = how.AllowNonRestoredState
	r.Snapshot, err = m.restoreFrom(a.Key(), how)
	return r, err
}

// restoreFrom is the name of the snapshot to begin from, or "".
func (m *Manager) restoreFrom(k Key, how RunConfig) (string, error) {
	switch how.RestoreType {
	case RestoreLatest:
		s, err := m.latestSnapshot(k)
		if err != nil || s == nil {
			return "", err
		}
		return s.Name, nil
	case RestoreCustom:
		if how.SnapshotName == "" {
			return "", wire.Errorf("InvalidArgumentException", "SnapshotName is required when ApplicationRestoreType is %s.", RestoreCustom)
		}
		s, err := m.DescribeSnapshot(k, how.SnapshotName)
		if err != nil {
			return "", err
		}
		if s.Status != SnapshotReady {
			return "", wire.Errorf("InvalidArgumentException", "Snapshot %s is %s and cannot be restored from.", s.Name, s.Status)
		}
		return s.Name, nil
	}
	return "", nil
}

// start is the work of StartApplication.
func (m *Manager) start(ctx context.Context, k Key, opID string) {
	err := m.launch(ctx, k)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		m.kill(k)
		m.finish(k, opID, Failed, err, Ready, func(_ *store.Tx, a *App, _ *Operation) { a.Run = nil })
		m.sweepRuns(k)
		return
	}
	m.finish(k, opID, Successful, nil, Running, nil)
	m.watch(k)
}

// launch starts the application's run and waits until it is RUNNING.
func (m *Manager) launch(ctx context.Context, k Key) error {
	a, err := m.get(k)
	if err != nil {
		return err
	}
	return m.launchRun(ctx, k, a.Run, false)
}

// launchRun is launch of a given run.
func (m *Manager) launchRun(ctx context.Context, k Key, run *Run, resumed bool) error {
	spec, err := m.spec(k, run)
	if err != nil {
		return err
	}
	spec.Resumed = resumed
	h, err := m.Runner.Start(ctx, spec)
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.liveOf(k).handle = h
	m.mu.Unlock()
	return h.Running(ctx)
}

// spec is the job of a run of the application.
func (m *Manager) spec(k Key, run *Run) (Spec, error) {
	a, err := m.get(k)
	if err != nil {
		return Spec{}, err
	}
	if run == nil {
		return Spec{}, fmt.Errorf("application %s has no run", k.Name)
	}
	v, err := m.version(k, run.Version)
	if err != nil {
		return Spec{}, err
	}
	s := Spec{Key: k, ARN: a.ARN, Version: run.Version, Config: v.Config, Dir: m.runDir(&a, run.ID),
		AllowNonRestoredState: run.AllowNonRestoredState}
	if run.Snapshot != "" {
		s.Restore = m.snapshotDir(&a, run.Snapshot)
	}
	if v.Config.Code != nil && v.Config.Code.Blob.SHA256 != "" {
		s.Code = m.blobPath(v.Config.Code.Blob.SHA256)
	}
	return s, m.makeDir(s.Dir)
}

// watch takes notice when the job of a RUNNING application ends by itself.
func (m *Manager) watch(k Key) {
	m.mu.Lock()
	h := m.liveOf(k).handle
	m.mu.Unlock()
	if h == nil {
		return
	}
	m.wg.Go(func() {
		<-h.Done()
		m.mu.Lock()
		defer m.mu.Unlock()
		a, err := m.get(k)
		if err != nil || m.closing || a.Status != Running || m.liveOf(k).handle != h {
			return // an operation sees to it
		}
		m.liveOf(k).handle = nil
		a.Status, a.Run = Ready, nil
		if err := m.apps.Put(a, k.Region, k.Name); err != nil {
			m.Log.Error("The end of a job could not be recorded", "application", k.Name, "error", err)
		}
		m.Log.Info("The job of an application ended", "application", k.Name, "error", h.Err())
	})
}

// kill ends the application's job, if there is one, and waits for its end.
func (m *Manager) kill(k Key) {
	m.mu.Lock()
	h := m.liveOf(k).handle
	m.liveOf(k).handle = nil
	m.mu.Unlock()
	if h != nil {
		h.Kill()
		<-h.Done()
	}
}
