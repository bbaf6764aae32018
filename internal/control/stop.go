package control

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"weir/internal/aws/store"
)

// Stop stops a RUNNING application with a snapshot, when it takes them.
func (m *Manager) Stop(k Key) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return "", err
	}
	if a.Status != Running {
		return "", inUse(&a, "stop")
	}
	tx := m.DB.Begin()
	op, err := m.newOperation(tx, &a, "StopApplication", Stopping)
	if err != nil {
		return "", err
	}
	if err := m.planSnapshot(tx, &a, &op); err != nil {
		return "", err
	}
	if err := tx.Commit(); err != nil {
		return "", err
	}
	m.spawn(k, func(ctx context.Context) { m.stop(ctx, k, op.ID) })
	return op.ID, nil
}

// forcible are the statuses that a forced stop ends.
var forcible = []string{Starting, Updating, Stopping, Running, RollingBack}

// ForceStop stops an application at once and takes no snapshot.
func (m *Manager) ForceStop(k Key) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return "", err
	}
	if !slices.Contains(forcible, a.Status) {
		return "", inUse(&a, "stop")
	}
	tx := m.DB.Begin()
	m.cancelOperation(tx, &a)
	op, err := m.newOperation(tx, &a, "StopApplication", ForceStopping)
	if err != nil {
		return "", err
	}
	if err := tx.Commit(); err != nil {
		return "", err
	}
	m.interrupt(k)
	m.spawn(k, func(ctx context.Context) { m.forceStop(ctx, k, op.ID) })
	return op.ID, nil
}

// cancelOperation marks the operation under way CANCELLED.
func (m *Manager) cancelOperation(tx *store.Tx, a *App) {
	if a.Operation == "" {
		return
	}
	op, ok, err := m.ops.Get(a.Region, a.Name, a.Operation)
	if err != nil || !ok {
		m.Log.Error("An operation to cancel was not found", "application", a.Name, "operation", a.Operation, "error", err)
		return
	}
	op.Status, op.End = Cancelled, m.Clock.Now()
	m.putOp(tx, op)
	a.Operation = ""
	if op.Snapshot != "" && !op.Stopped {
		m.endSnapshot(tx, a.Key(), op.Snapshot, SnapshotFailed)
	}
}

func (m *Manager) forceStop(ctx context.Context, k Key, opID string) {
	m.kill(k)
	if ctx.Err() != nil {
		return
	}
	m.finish(k, opID, Successful, nil, Ready, func(_ *store.Tx, a *App, _ *Operation) { a.Run, a.Previous = nil, nil })
	m.sweepRuns(k)
}

// stop is the work of StopApplication.
func (m *Manager) stop(ctx context.Context, k Key, opID string) {
	op, err := m.stopJob(ctx, k, opID)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		m.stopFailed(k, op, err)
		return
	}
	m.finish(k, opID, Successful, nil, Ready, func(_ *store.Tx, a *App, _ *Operation) { a.Run = nil })
	m.sweepRuns(k)
}

// stopFailed lets the application run on, when its job does.
func (m *Manager) stopFailed(k Key, op Operation, err error) {
	status := Ready
	m.mu.Lock()
	h := m.liveOf(k).handle
	m.mu.Unlock()
	if h != nil && !ended(h.Done()) {
		status = Running
	}
	m.finish(k, op.ID, Failed, err, status, func(tx *store.Tx, a *App, op *Operation) {
		if op.Snapshot != "" {
			m.endSnapshot(tx, k, op.Snapshot, SnapshotFailed)
		}
		if status == Ready {
			a.Run = nil
		}
	})
	if status == Running {
		m.watch(k)
	}
}

// ended reports whether done is closed.
func ended(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// stopJob ends the application's job with the snapshot that its operation
// planned, and records that it did.
func (m *Manager) stopJob(ctx context.Context, k Key, opID string) (Operation, error) {
	op, err := m.DescribeOperation(k, opID)
	if err != nil {
		return op, err
	}
	a, err := m.get(k)
	if err != nil {
		return op, err
	}
	dir := ""
	if op.Snapshot != "" {
		dir = m.snapshotDir(&a, op.Snapshot)
		if err := m.makeDir(dir); err != nil {
			return op, err
		}
	}
	m.mu.Lock()
	h := m.liveOf(k).handle
	m.mu.Unlock()
	if h == nil {
		return op, errors.New("the application has no job")
	}
	if err := h.Stop(ctx, dir); err != nil {
		if op.Snapshot == "" {
			return op, fmt.Errorf("the job could not be stopped: %w", err)
		}
		return op, fmt.Errorf("Failed to take snapshot for the application %s at this moment. The application is currently experiencing downtime. "+
			"Please check the application's logs: %w", k.Name, err)
	}
	select {
	case <-h.Done():
	case <-ctx.Done():
		return op, ctx.Err()
	}
	return m.jobStopped(k, opID)
}

// jobStopped records that the old job has ended with its snapshot complete.
func (m *Manager) jobStopped(k Key, opID string) (Operation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.liveOf(k).handle = nil
	op, _, err := m.ops.Get(k.Region, k.Name, opID)
	if err != nil {
		return op, err
	}
	op.Stopped = true
	tx := m.DB.Begin()
	m.putOp(tx, op)
	if op.Snapshot != "" {
		m.endSnapshot(tx, k, op.Snapshot, SnapshotReady)
	}
	return op, tx.Commit()
}
