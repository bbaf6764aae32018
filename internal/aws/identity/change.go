package identity

import (
	"errors"
	"slices"
	"time"

	"weir/internal/aws/store"
)

// Change is a set of writes that happens whole or not at all.
type Change struct {
	s     *Store
	tx    *store.Tx
	apply []func()
	err   error
}

// Change runs f; when f succeeds its writes are durable, then visible. f sees the
// store as it was before.
func (s *Store) Change(f func(c *Change) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	c := &Change{s: s, tx: s.DB.Begin()}
	if err := errors.Join(f(c), c.err); err != nil {
		return err
	}
	if err := c.tx.Commit(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, apply := range c.apply {
		apply()
	}
	return nil
}

func (c *Change) do(err error, write, apply func()) {
	if err != nil {
		c.err = errors.Join(c.err, err)
		return
	}
	write()
	c.apply = append(c.apply, apply)
}

// PutUser makes or replaces a user.
func (c *Change) PutUser(u *User) {
	s := c.s
	c.do(s.prepareUser(u), func() { s.users.PutTx(c.tx, *u, fold(u.Name)) }, func() {
		s.dropUser(fold(u.Name))
		s.enterUser(u)
	})
}

// DeleteUser removes a user.
func (c *Change) DeleteUser(name string) {
	s := c.s
	c.do(nil, func() { s.users.DeleteTx(c.tx, fold(name)) }, func() { s.dropUser(fold(name)) })
}

// PutRole makes or replaces a role.
func (c *Change) PutRole(r *Role) {
	s := c.s
	c.do(s.prepareRole(r), func() { s.roles.PutTx(c.tx, *r, fold(r.Name)) }, func() { s.byRole[fold(r.Name)] = r })
}

// DeleteRole removes a role; its sessions end.
func (c *Change) DeleteRole(name string) {
	s := c.s
	c.do(nil, func() { s.roles.DeleteTx(c.tx, fold(name)) }, func() { delete(s.byRole, fold(name)) })
}

// PutPolicy makes or replaces a managed policy and gives it its ARN.
func (c *Change) PutPolicy(p *Policy) {
	s := c.s
	c.do(s.preparePolicy(p), func() { s.policies.PutTx(c.tx, *p, p.ARN) }, func() { s.byARN[p.ARN] = p })
}

// DeletePolicy removes a managed policy.
func (c *Change) DeletePolicy(arn string) {
	s := c.s
	c.do(nil, func() { s.policies.DeleteTx(c.tx, arn) }, func() { delete(s.byARN, arn) })
}

// kept is how long an ended session is remembered, so that its user is told
// that it expired and not that it never was.
const kept = 24 * time.Hour

// sweepEvery is how often sessions that ended long ago are forgotten.
const sweepEvery = time.Hour

// PutSession makes a session; old ones are cleared away with it.
func (c *Change) PutSession(x *Session) {
	s := c.s
	c.do(s.prepareSession(x), func() { s.sessions.PutTx(c.tx, *x, x.Key.ID) }, func() { s.open[x.Key.ID] = x })
	now := s.Clock.Now()
	if now.Sub(s.swept) < sweepEvery {
		return
	}
	for id, old := range s.open { // only a Change writes to it, and this is the one
		if now.Sub(old.Expires) > kept {
			s.sessions.DeleteTx(c.tx, id)
			c.apply = append(c.apply, func() { delete(s.open, id) })
		}
	}
	c.apply = append(c.apply, func() { s.swept = now })
}

func (s *Store) enterUser(u *User) {
	s.byUser[fold(u.Name)] = u
	for _, k := range u.Keys {
		s.byKey[k.ID] = holder{k, u}
	}
}

func (s *Store) dropUser(key string) {
	if old := s.byUser[key]; old != nil {
		for _, k := range old.Keys {
			delete(s.byKey, k.ID)
		}
	}
	delete(s.byUser, key)
}

// usageEvery is how exactly last uses are kept.
const usageEvery = 15 * time.Minute

// Used notes that a key or role was used; few calls of it reach the disk.
func (s *Store) Used(u Usage) error {
	s.mu.RLock()
	last := s.used[u.ID]
	s.mu.RUnlock()
	if u.ID == "" || u.At.Sub(last.At) < usageEvery && u.Service == last.Service && u.Region == last.Region {
		return nil
	}
	s.mu.Lock()
	s.used[u.ID] = u
	s.mu.Unlock()
	if u.At.Sub(last.At) < usageEvery {
		return nil
	}
	return s.usage.Put(u, u.ID)
}

// LastUsed is the last known use of a key or role.
func (s *Store) LastUsed(id string) (Usage, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	u, ok := s.used[id]
	return u, ok
}

// User is the user of a name; the name's case counts.
func (s *Store) User(name string) (*User, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	u := s.byUser[fold(name)]
	return u, u != nil && u.Name == name
}

// Role is the role of a name; the name's case counts.
func (s *Store) Role(name string) (*Role, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.byRole[fold(name)]
	return r, r != nil && r.Name == name
}

// Taken tells whether a user or role has the name, in whatever case.
func (s *Store) Taken(user bool, name string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if user {
		return s.byUser[fold(name)] != nil
	}
	return s.byRole[fold(name)] != nil
}

// Policy is the managed policy of an ARN.
func (s *Store) Policy(arn string) (*Policy, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p := s.byARN[arn]
	return p, p != nil
}

// HasARN tells whether there is a user, role or root of that ARN.
func (s *Store) HasARN(arn string) bool {
	if arn == s.RootARN() {
		return true
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, u := range s.byUser {
		if u.ARN == arn {
			return true
		}
	}
	for _, r := range s.byRole {
		if r.ARN == arn {
			return true
		}
	}
	return false
}

// Users are all users, by name.
func (s *Store) Users() []*User { return sorted(s, s.byUser, func(u *User) string { return u.Name }) }

// Roles are all roles, by name.
func (s *Store) Roles() []*Role { return sorted(s, s.byRole, func(r *Role) string { return r.Name }) }

// Policies are all managed policies, by ARN.
func (s *Store) Policies() []*Policy {
	return sorted(s, s.byARN, func(p *Policy) string { return p.ARN })
}

// KeyOwner is the user an access key belongs to; nil for the root key.
func (s *Store) KeyOwner(accessKey string) (*User, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	h, ok := s.byKey[accessKey]
	return h.user, ok
}

func sorted[T any](s *Store, m map[string]T, name func(T) string) []T {
	s.mu.RLock()
	out := make([]T, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b T) int {
		if name(a) < name(b) {
			return -1
		}
		return 1
	})
	return out
}
