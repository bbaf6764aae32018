package control

import (
	"context"
	"errors"
	"fmt"

	"weir/internal/aws/store"
)

// recover resolves what the last server left; nothing else runs yet.
func (m *Manager) recover() error {
	apps, err := collect(m.apps.Scan(nil, nil))
	if err != nil {
		return err
	}
	for i := range apps {
		if err := m.resolveSnapshots(&apps[i]); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range apps {
		m.resolve(&apps[i])
	}
	return m.sweepBlobs()
}

// resolve takes up an application where the last server left it.
func (m *Manager) resolve(a *App) {
	k, op := a.Key(), a.Operation
	switch a.Status {
	case Running:
		m.spawn(k, func(ctx context.Context) { m.resume(ctx, k) })
	case Starting:
		m.spawn(k, func(ctx context.Context) { m.start(ctx, k, op) })
	case Stopping:
		m.spawn(k, func(ctx context.Context) { m.resumeStop(ctx, k, op, m.stop) })
	case Updating:
		m.spawn(k, func(ctx context.Context) { m.resumeStop(ctx, k, op, m.update) })
	case RollingBack:
		m.spawn(k, func(ctx context.Context) { m.update(ctx, k, op) })
	case ForceStopping:
		m.spawn(k, func(ctx context.Context) { m.forceStop(ctx, k, op) })
	case Deleting:
		uid := a.UID
		m.spawn(k, func(context.Context) { m.remove(k, uid) })
	}
}

// resolveSnapshots ends the snapshots that were being taken outside an operation.
func (m *Manager) resolveSnapshots(a *App) error {
	planned := ""
	if a.Operation != "" {
		op, _, err := m.ops.Get(a.Region, a.Name, a.Operation)
		if err != nil {
			return err
		}
		planned = op.Snapshot
	}
	for s, err := range m.snaps.Scan([]string{a.Region, a.Name}, nil) {
		if err != nil {
			return err
		}
		if s.Status != SnapshotCreating || s.Name == planned {
			continue
		}
		s.Status = SnapshotFailed
		if m.Runner.Complete(m.snapshotDir(a, s.Name)) {
			s.Status = SnapshotReady
		}
		if err := m.snaps.Put(s, a.Region, a.Name, s.Name); err != nil {
			return err
		}
	}
	return nil
}

// resume brings a RUNNING application's job back from its last checkpoint.
func (m *Manager) resume(ctx context.Context, k Key) {
	m.Log.Info("Resuming an application from its last checkpoint", "application", k.Name)
	a, err := m.get(k)
	if err == nil {
		err = m.launchRun(ctx, k, a.Run, true)
	}
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		m.watch(k)
		return
	}
	m.kill(k)
	m.mu.Lock()
	defer m.mu.Unlock()
	var gerr error
	if a, gerr = m.get(k); gerr != nil || a.Status != Running {
		return
	}
	a.Status, a.Run = Ready, nil
	perr := m.apps.Put(a, k.Region, k.Name)
	m.Log.Error("An application that was RUNNING could not be resumed and is READY", "application", k.Name, "error", errors.Join(err, perr))
}

// resumeStop goes on with an operation that was ending the old job. If the job
// had been ended the operation's snapshot is complete; if not the job is brought
// back and ended again, so that nothing it wrote is written twice.
func (m *Manager) resumeStop(ctx context.Context, k Key, opID string, work func(context.Context, Key, string)) {
	op, err := m.DescribeOperation(k, opID)
	if err != nil {
		m.Log.Error("An operation has no record", "application", k.Name, "operation", opID, "error", err)
		return
	}
	if !op.Stopped {
		a, err := m.get(k)
		if err == nil && op.Snapshot != "" && m.Runner.Complete(m.snapshotDir(&a, op.Snapshot)) {
			_, err = m.jobStopped(k, opID)
			if op.Kind == "StopApplication" && err == nil {
				m.finish(k, opID, Successful, nil, Ready, func(_ *store.Tx, a *App, _ *Operation) { a.Run = nil })
				return
			}
		} else if err == nil {
			err = m.relaunchOld(ctx, k, &a, op)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			m.kill(k)
			m.updateNotBegun(k, op, fmt.Errorf("the server ended during the operation, and the job could not be brought back: %w", err))
			return
		}
	}
	work(ctx, k, opID)
}

// relaunchOld brings back the job that an operation was ending.
func (m *Manager) relaunchOld(ctx context.Context, k Key, a *App, op Operation) error {
	if op.Snapshot != "" {
		if err := m.FS.RemoveAll(m.snapshotDir(a, op.Snapshot)); err != nil {
			return err
		}
	}
	if a.Previous == nil {
		return m.launchRun(ctx, k, a.Run, true)
	}
	return m.launchRun(ctx, k, a.Previous, true)
}
