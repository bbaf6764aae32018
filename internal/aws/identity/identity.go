// Package identity keeps who may sign requests and what they are allowed: the
// root key, users with their access keys, roles, managed policies, and the
// sessions that assuming a role makes.
//
// Vocabulary is IAM's. An Owner is what a user and a role have in common: name,
// path, tags, inline policies, attached policies, a permissions boundary. A
// Session is temporary credentials of a role, a user or root.
//
// Invariants. Everything is in the metadata store before anyone sees it, and in
// memory, so that a lookup takes no disk. Values handed out are shared and must
// not be changed: a change is made to a Clone and put back within Store.Change,
// of which one runs at a time. A session lives as long as what it is a session of.
//
// The package holds no rules of the IAM or STS API: svc/iam and svc/sts have those.
package identity

import (
	"fmt"
	"io"
	"sync"
	"time"

	"weir/internal/aws/store"
	"weir/internal/clock"
)

// Deps is what a Store works with.
type Deps struct {
	DB    *store.DB
	Clock clock.Clock
	Rand  io.Reader
	// Account owns everything; Partition is in every ARN made.
	Account, Partition string
	// RootAccessKey and RootSecret are the root key; when empty, the one kept in
	// the store, made at first start.
	RootAccessKey, RootSecret string
}

// Store is the identities. It is safe for concurrent use.
type Store struct {
	Deps
	users    store.Table[User]
	roles    store.Table[Role]
	policies store.Table[Policy]
	sessions store.Table[Session]
	usage    store.Table[Usage]
	root     store.Table[AccessKey]

	writing sync.Mutex // one Change at a time
	mu      sync.RWMutex
	byUser  map[string]*User   // by lower-case name
	byRole  map[string]*Role   // by lower-case name
	byARN   map[string]*Policy // managed policies, AWS's too
	byKey   map[string]holder  // access keys of users and root
	open    map[string]*Session
	used    map[string]Usage // by access key or role id
	swept   time.Time
}

// holder is an access key and whose it is; a nil user is root.
type holder struct {
	key  AccessKey
	user *User
}

// Open reads the identities and, on first start, makes the root key.
func Open(d Deps) (*Store, error) {
	s := &Store{
		Deps:     d,
		users:    store.NewTable[User](d.DB, "iam.user"),
		roles:    store.NewTable[Role](d.DB, "iam.role"),
		policies: store.NewTable[Policy](d.DB, "iam.policy"),
		sessions: store.NewTable[Session](d.DB, "sts.session"),
		usage:    store.NewTable[Usage](d.DB, "iam.usage"),
		root:     store.NewTable[AccessKey](d.DB, "iam.root"),
		byUser:   map[string]*User{}, byRole: map[string]*Role{}, byARN: map[string]*Policy{},
		byKey: map[string]holder{}, open: map[string]*Session{}, used: map[string]Usage{},
		swept: d.Clock.Now(),
	}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("opening identities: %w", err)
	}
	return s, nil
}

func (s *Store) load() error {
	managed, err := awsPolicies(s.Partition)
	if err != nil {
		return err
	}
	for i := range managed {
		s.byARN[managed[i].ARN] = &managed[i]
	}
	for p, err := range s.policies.Scan(nil, nil) {
		if err == nil {
			err = s.preparePolicy(&p)
		}
		if err != nil {
			return err
		}
		s.byARN[p.ARN] = &p
	}
	for u, err := range s.users.Scan(nil, nil) {
		if err == nil {
			err = s.prepareUser(&u)
		}
		if err != nil {
			return err
		}
		s.enterUser(&u)
	}
	for r, err := range s.roles.Scan(nil, nil) {
		if err == nil {
			err = s.prepareRole(&r)
		}
		if err != nil {
			return err
		}
		s.byRole[fold(r.Name)] = &r
	}
	for x, err := range s.sessions.Scan(nil, nil) {
		if err == nil {
			err = s.prepareSession(&x)
		}
		if err != nil {
			return err
		}
		s.open[x.Key.ID] = &x
	}
	for u, err := range s.usage.Scan(nil, nil) {
		if err != nil {
			return err
		}
		s.used[u.ID] = u
	}
	return s.loadRoot()
}

// loadRoot finds the root key: the one given, else the one kept, else a new one.
func (s *Store) loadRoot() error {
	key := AccessKey{ID: s.RootAccessKey, Secret: s.RootSecret, Status: Active, Created: s.Clock.Now()}
	if (key.ID == "") != (key.Secret == "") {
		return fmt.Errorf("the root key is half given: both the access key id and the secret are needed, or neither")
	}
	if key.ID == "" {
		kept, ok, err := s.root.Get("key")
		if err != nil {
			return err
		}
		if !ok {
			if kept, err = s.NewAccessKey(PrefixKey); err != nil {
				return err
			}
			if err := s.root.Put(kept, "key"); err != nil {
				return err
			}
		}
		key = kept
	}
	s.RootAccessKey, s.RootSecret = key.ID, key.Secret
	s.byKey[key.ID] = holder{key: key}
	return nil
}

// RootKey is the key whose requests may do everything.
func (s *Store) RootKey() AccessKey {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byKey[s.RootAccessKey].key
}

// RootARN is the account's own ARN.
func (s *Store) RootARN() string { return s.arn("iam", "root") }

// arn is an ARN of a service without regions.
func (s *Store) arn(service, resource string) string {
	return "arn:" + s.Partition + ":" + service + "::" + s.Account + ":" + resource
}
