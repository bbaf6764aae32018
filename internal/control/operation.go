package control

import (
	"context"
	"sort"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// newOperation makes an operation of a and enters status; callers hold mu and
// commit tx.
func (m *Manager) newOperation(tx *store.Tx, a *App, kind, status string) (Operation, error) {
	id, err := m.id(16)
	if err != nil {
		return Operation{}, err
	}
	op := Operation{Region: a.Region, Name: a.Name, ID: id, Kind: kind, Start: m.Clock.Now(), Status: InProgress}
	a.Status, a.Operation = status, id
	m.putOp(tx, op)
	m.putApp(tx, *a)
	return op, nil
}

func (m *Manager) putOp(tx *store.Tx, op Operation) { m.ops.PutTx(tx, op, op.Region, op.Name, op.ID) }
func (m *Manager) putApp(tx *store.Tx, a App)       { m.apps.PutTx(tx, a, a.Region, a.Name) }
func (m *Manager) putSnap(tx *store.Tx, s Snapshot) { m.snaps.PutTx(tx, s, s.Region, s.App, s.Name) }

// spawn runs the work of an operation after what is under way; callers hold mu,
// and cancel that first when its end is not wanted. The context is cancelled by
// a forced stop, a deletion or the server's end: work must then leave everything
// as it is, for whoever cancelled it.
func (m *Manager) spawn(k Key, work func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(m.base)
	l := m.liveOf(k)
	before, done := l.done, make(chan struct{})
	l.cancel, l.done = cancel, done
	m.wg.Go(func() {
		defer close(done)
		defer cancel()
		if before != nil {
			<-before
		}
		if ctx.Err() == nil {
			work(ctx)
		}
	})
}

// interrupt cancels the work under way; callers hold mu.
func (m *Manager) interrupt(k Key) {
	if l := m.liveOf(k); l.cancel != nil {
		l.cancel()
	}
}

// finish ends an operation and puts the application in status; change may alter
// more in the same transaction. An application that is not doing this operation
// any more is left alone.
func (m *Manager) finish(k Key, opID, opStatus string, reason error, status string, change func(tx *store.Tx, a *App, op *Operation)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.finishLocked(k, opID, opStatus, reason, status, change)
	if err != nil {
		m.Log.Error("The end of an operation could not be recorded; the next start of the server resolves it",
			"application", k.Name, "operation", opID, "error", err)
	}
}

func (m *Manager) finishLocked(k Key, opID, opStatus string, reason error, status string, change func(tx *store.Tx, a *App, op *Operation)) error {
	a, err := m.get(k)
	if err != nil || a.Operation != opID {
		return err
	}
	op, ok, err := m.ops.Get(k.Region, k.Name, opID)
	if err != nil || !ok {
		return err
	}
	op.Status, op.End = opStatus, m.Clock.Now()
	if reason != nil {
		op.Reason = reason.Error()
	}
	a.Status, a.Operation = status, ""
	tx := m.DB.Begin()
	if change != nil {
		change(tx, &a, &op)
	}
	m.putOp(tx, op)
	m.putApp(tx, a)
	if reason != nil {
		m.Log.Warn("An operation failed", "application", k.Name, "operation", op.Kind, "id", opID, "error", reason)
	}
	return tx.Commit()
}

// DescribeOperation is one operation.
func (m *Manager) DescribeOperation(k Key, id string) (Operation, error) {
	if _, err := m.get(k); err != nil {
		return Operation{}, err
	}
	op, ok, err := m.ops.Get(k.Region, k.Name, id)
	if err == nil && !ok {
		err = wire.Errorf("ResourceNotFoundException", "Operation %s of application %s does not exist.", id, k.Name)
	}
	return op, err
}

// Operations are the operations of an application, newest first.
func (m *Manager) Operations(k Key) ([]Operation, error) {
	if _, err := m.get(k); err != nil {
		return nil, err
	}
	ops, err := collect(m.ops.Scan([]string{k.Region, k.Name}, nil))
	sort.SliceStable(ops, func(i, j int) bool {
		if !ops[i].Start.Equal(ops[j].Start) {
			return ops[i].Start.After(ops[j].Start)
		}
		return ops[i].ID < ops[j].ID
	})
	return ops, err
}

// collect reads a scan to its end.
func collect[T any](seq func(func(T, error) bool)) ([]T, error) {
	var all []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}
