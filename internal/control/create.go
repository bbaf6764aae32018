package control

import (
	"context"
	"fmt"
	"time"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// Create makes a READY application of version 1.
func (m *Manager) Create(k Key, arn string, c Config, tags map[string]string) (App, Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok, err := m.apps.Get(k.Region, k.Name); err != nil {
		return App{}, Version{}, err
	} else if ok {
		return App{}, Version{}, wire.Errorf("ResourceInUseException", "Application already exists with name %s", k.Name)
	}
	uid, err := m.id(8)
	if err != nil {
		return App{}, Version{}, err
	}
	now := m.Clock.Now()
	a := App{Region: k.Region, Name: k.Name, ARN: arn, UID: uid, Created: now, Updated: now, Status: Ready,
		Version: 1, VersionCreated: now, Tags: tags}
	v := Version{Region: k.Region, Name: k.Name, ID: 1, Created: now, Status: Ready, Config: c}
	tx := m.DB.Begin()
	m.putApp(tx, a)
	m.putVersion(tx, v)
	if err := tx.Commit(); err != nil {
		return App{}, Version{}, err
	}
	m.unpin(c.Code)
	return a, v, nil
}

func (m *Manager) putVersion(tx *store.Tx, v Version) {
	m.versions.PutTx(tx, v, v.Region, v.Name, versionKey(v.ID))
}

// versionKey orders versions by number.
func versionKey(id int64) string { return fmt.Sprintf("%010d", id) }

// version loads one version.
func (m *Manager) version(k Key, id int64) (Version, error) {
	v, ok, err := m.versions.Get(k.Region, k.Name, versionKey(id))
	if err == nil && !ok {
		err = wire.Errorf("ResourceNotFoundException", "Version %d of application %s does not exist.", id, k.Name)
	}
	return v, err
}

// Describe is an application with its current version.
func (m *Manager) Describe(k Key) (App, Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return a, Version{}, err
	}
	v, err := m.version(k, a.Version)
	return a, v, err
}

// DescribeVersion is an application with one of its versions.
func (m *Manager) DescribeVersion(k Key, id int64) (App, Version, error) {
	a, err := m.get(k)
	if err != nil {
		return a, Version{}, err
	}
	v, err := m.version(k, id)
	return a, v, err
}

// Versions are the versions of an application, newest first.
func (m *Manager) Versions(k Key) ([]Version, error) {
	if _, err := m.get(k); err != nil {
		return nil, err
	}
	all, err := collect(m.versions.Scan([]string{k.Region, k.Name}, nil))
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all, err
}

// List are the applications of a region, by name, after one.
func (m *Manager) List(region, after string) ([]App, error) {
	var from []string
	if after != "" {
		from = []string{region, after}
	}
	return collect(m.apps.Scan([]string{region}, from))
}

// ChangeTags changes the tags of an application.
func (m *Manager) ChangeTags(k Key, change func(map[string]string) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return err
	}
	if a.Tags == nil {
		a.Tags = map[string]string{}
	}
	if err := change(a.Tags); err != nil {
		return err
	}
	return m.apps.Put(a, k.Region, k.Name)
}

// SetMaintenance sets when an application's window of maintenance begins; it makes
// no version.
func (m *Manager) SetMaintenance(k Key, start string) (App, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return a, err
	}
	if a.Status != Ready && a.Status != Running {
		return a, inUse(&a, "update")
	}
	a.MaintenanceStart = start
	return a, m.apps.Put(a, k.Region, k.Name)
}

// Delete removes an application made at created (to the second), its job,
// versions, operations and snapshots.
func (m *Manager) Delete(k Key, created time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return err
	}
	switch {
	case !sameSecond(a.Created, created):
		return wire.Errorf("InvalidArgumentException", "CreateTimestamp does not match the creation time of application %s.", k.Name)
	case a.Status == Deleting:
		return inUse(&a, "delete")
	}
	tx := m.DB.Begin()
	m.cancelOperation(tx, &a)
	a.Status = Deleting
	m.putApp(tx, a)
	if err := tx.Commit(); err != nil {
		return err
	}
	m.interrupt(k)
	uid := a.UID
	m.spawn(k, func(context.Context) { m.remove(k, uid) })
	return nil
}

// remove is the work of DeleteApplication.
func (m *Manager) remove(k Key, uid string) {
	m.kill(k)
	if err := m.removeAll(k, uid); err != nil {
		m.Log.Error("An application could not be deleted; the next start of the server tries again", "application", k.Name, "error", err)
	}
}

func (m *Manager) removeAll(k Key, uid string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil || a.UID != uid {
		return err
	}
	if err := m.FS.RemoveAll(m.appDir(&a)); err != nil {
		return err
	}
	if err := m.Runner.Clean(k); err != nil {
		return err
	}
	tx := m.DB.Begin()
	versions, err := collect(m.versions.Scan([]string{k.Region, k.Name}, nil))
	if err != nil {
		return err
	}
	for _, v := range versions {
		m.versions.DeleteTx(tx, k.Region, k.Name, versionKey(v.ID))
	}
	ops, err := collect(m.ops.Scan([]string{k.Region, k.Name}, nil))
	if err != nil {
		return err
	}
	for _, op := range ops {
		m.ops.DeleteTx(tx, k.Region, k.Name, op.ID)
	}
	snaps, err := collect(m.snaps.Scan([]string{k.Region, k.Name}, nil))
	if err != nil {
		return err
	}
	for _, s := range snaps {
		m.snaps.DeleteTx(tx, k.Region, k.Name, s.Name)
	}
	m.apps.DeleteTx(tx, k.Region, k.Name)
	if err := tx.Commit(); err != nil {
		return err
	}
	delete(m.live, k)
	return m.sweepBlobs()
}
