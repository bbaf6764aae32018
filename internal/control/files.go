package control

import (
	"crypto/md5" //nolint:gosec // AWS's CodeMD5
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"weir/internal/vfs"
)

func (m *Manager) appDir(a *App) string {
	return m.FS.PathJoin(m.Dir, a.Region, a.Name+"-"+a.UID)
}

func (m *Manager) runDir(a *App, id string) string {
	return m.FS.PathJoin(m.appDir(a), "runs", id)
}

func (m *Manager) snapshotDir(a *App, name string) string {
	return m.FS.PathJoin(m.appDir(a), "snapshots", name)
}

// makeDir makes a directory of an application, durably with those above it.
func (m *Manager) makeDir(dir string) error {
	if err := m.FS.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for at := dir; len(at) > len(m.Dir); {
		at = m.FS.PathDir(at)
		if err := vfs.SyncDir(m.FS, at); err != nil {
			return err
		}
	}
	return nil
}

func (m *Manager) codeDir() string { return m.FS.PathJoin(m.Dir, "code") }

func (m *Manager) blobPath(sum string) string { return m.FS.PathJoin(m.codeDir(), sum) }

// SaveCode keeps a program's file; it stays as long as a version has it. The
// caller makes such a version, or calls DropCode.
func (m *Manager) SaveCode(r io.Reader) (Blob, error) {
	id, err := m.id(8)
	if err != nil {
		return Blob{}, err
	}
	if err := m.FS.MkdirAll(m.codeDir(), 0o755); err != nil {
		return Blob{}, fmt.Errorf("keeping the code: %w", err)
	}
	tmp := m.blobPath("." + id + ".tmp")
	sha, sum := sha256.New(), md5.New() //nolint:gosec // see above
	size, err := m.writeBlob(tmp, io.TeeReader(r, io.MultiWriter(sha, sum)))
	if err != nil {
		_ = m.FS.Remove(tmp) // the write failed; its own error is the one to report
		return Blob{}, fmt.Errorf("keeping the code: %w", err)
	}
	b := Blob{SHA256: hex.EncodeToString(sha.Sum(nil)), MD5: hex.EncodeToString(sum.Sum(nil)), Size: size}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.FS.Rename(tmp, m.blobPath(b.SHA256)); err != nil {
		return Blob{}, fmt.Errorf("keeping the code: %w", err)
	}
	m.pinned[b.SHA256]++
	return b, vfs.SyncDir(m.FS, m.codeDir())
}

func (m *Manager) writeBlob(path string, r io.Reader) (int64, error) {
	f, err := m.FS.Create(path, vfs.Category)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return n, err
}

// DropCode gives up code that became part of no version.
func (m *Manager) DropCode(c *Code) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unpin(c)
	return m.sweepBlobs()
}

// unpin ends the hold of SaveCode; callers hold mu.
func (m *Manager) unpin(c *Code) {
	if c == nil || m.pinned[c.Blob.SHA256] == 0 {
		return
	}
	if m.pinned[c.Blob.SHA256]--; m.pinned[c.Blob.SHA256] == 0 {
		delete(m.pinned, c.Blob.SHA256)
	}
}

// sweepBlobs removes code that no version has; callers hold mu.
func (m *Manager) sweepBlobs() error {
	names, err := m.list(m.codeDir())
	if err != nil || len(names) == 0 {
		return err
	}
	used := map[string]bool{}
	for v, err := range m.versions.Scan(nil, nil) {
		if err != nil {
			return err
		}
		if v.Config.Code != nil {
			used[v.Config.Code.Blob.SHA256] = true
		}
	}
	for _, n := range names {
		if !used[n] && m.pinned[n] == 0 && n[0] != '.' {
			if err := m.FS.Remove(m.blobPath(n)); err != nil {
				return fmt.Errorf("removing unused code: %w", err)
			}
		}
	}
	return nil
}

// list is the names in a directory, none when it is not there.
func (m *Manager) list(dir string) ([]string, error) {
	if _, err := m.FS.Stat(dir); err != nil {
		return nil, nil //nolint:nilerr // nothing was kept yet
	}
	return m.FS.List(dir)
}

// sweepRuns removes the directories of runs an application has no more.
func (m *Manager) sweepRuns(k Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return // it was deleted, directories and all
	}
	var keep []string
	for _, r := range []*Run{a.Run, a.Previous} {
		if r != nil {
			keep = append(keep, r.ID)
		}
	}
	dir := m.FS.PathJoin(m.appDir(&a), "runs")
	names, err := m.list(dir)
	for _, n := range names {
		if err == nil && !slices.Contains(keep, n) {
			err = m.FS.RemoveAll(m.FS.PathJoin(dir, n))
		}
	}
	if err != nil {
		m.Log.Warn("Files of an ended run could not be removed", "application", k.Name, "error", err)
	}
}
