package identity

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

// The prefixes of unique ids.
const (
	PrefixKey     = "AKIA"
	PrefixSession = "ASIA"
	PrefixUser    = "AIDA"
	PrefixRole    = "AROA"
	PrefixPolicy  = "ANPA"
)

// random fills b.
func (s *Store) random(b []byte) error {
	if _, err := io.ReadFull(s.Rand, b); err != nil {
		return fmt.Errorf("making a random id: %w", err)
	}
	return nil
}

// NewID makes a unique id: a prefix and base32, 20 characters for keys, 21 else.
func (s *Store) NewID(prefix string) (string, error) {
	var b [11]byte
	if err := s.random(b[:]); err != nil {
		return "", err
	}
	n := 17
	if prefix == PrefixKey || prefix == PrefixSession {
		n = 16
	}
	return prefix + base32.StdEncoding.EncodeToString(b[:])[:n], nil
}

// NewAccessKey makes an active key.
func (s *Store) NewAccessKey(prefix string) (AccessKey, error) {
	id, err := s.NewID(prefix)
	if err != nil {
		return AccessKey{}, err
	}
	var secret [30]byte
	if err := s.random(secret[:]); err != nil {
		return AccessKey{}, err
	}
	return AccessKey{ID: id, Secret: base64.StdEncoding.EncodeToString(secret[:]), Status: Active, Created: s.Clock.Now()}, nil
}

// NewSession fills in a session's key and token, and makes it durable.
func (s *Store) NewSession(x *Session) error {
	key, err := s.NewAccessKey(PrefixSession)
	if err != nil {
		return err
	}
	var token [192]byte
	if err := s.random(token[:]); err != nil {
		return err
	}
	x.Key, x.Token = key, base64.StdEncoding.EncodeToString(token[:])
	return s.Change(func(c *Change) error {
		c.PutSession(x)
		return nil
	})
}

// Credentials implements wire.Credentials.
func (s *Store) Credentials(_ context.Context, accessKey string) (string, string, wire.Principal, time.Time, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if h, ok := s.byKey[accessKey]; ok {
		if h.key.Status != Active {
			return "", "", wire.Principal{}, time.Time{}, wire.ErrUnknownKey
		}
		return h.key.Secret, "", s.principal(h.user, accessKey), time.Time{}, nil
	}
	x := s.open[accessKey]
	if x == nil {
		return "", "", wire.Principal{}, time.Time{}, wire.ErrUnknownKey
	}
	p, ok := s.sessionPrincipal(x)
	if !ok {
		return "", "", wire.Principal{}, time.Time{}, wire.ErrUnknownKey
	}
	return x.Key.Secret, x.Token, p, x.Expires, nil
}

// principal is a user, or root.
func (s *Store) principal(u *User, accessKey string) wire.Principal {
	if u == nil {
		return wire.Principal{ARN: s.RootARN(), Account: s.Account, UserID: s.Account, AccessKey: accessKey, Root: true}
	}
	return wire.Principal{ARN: u.ARN, Account: s.Account, UserID: u.ID, UserName: u.Name, AccessKey: accessKey}
}

// Principal is who a session acts as.
func (s *Store) Principal(x *Session) (wire.Principal, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sessionPrincipal(x)
}

func (s *Store) sessionPrincipal(x *Session) (wire.Principal, bool) {
	switch {
	case x.RoleID != "":
		r := s.byRole[fold(x.RoleName)]
		if r == nil || r.ID != x.RoleID {
			return wire.Principal{}, false
		}
		return wire.Principal{ARN: s.arn("sts", "assumed-role/"+r.Name+"/"+x.Name), Account: s.Account,
			UserID: r.ID + ":" + x.Name, RoleName: r.Name, AccessKey: x.Key.ID, Policies: x.Policies}, true
	case x.UserID != "":
		u := s.byUser[fold(x.UserName)]
		if u == nil || u.ID != x.UserID {
			return wire.Principal{}, false
		}
		return s.principal(u, x.Key.ID), true
	}
	return s.principal(nil, x.Key.ID), true
}

// Granted is everything that decides what a principal may do.
type Granted struct {
	Owner       *Owner // nil for root
	ARN         string // aws:PrincipalArn: the user's, the role's
	Identity    []*policy.Document
	Boundary    []*policy.Document
	HasBoundary bool
	Session     []*policy.Document
	HasSession  bool
	Temporary   *Session // nil for a lasting key
}

// ErrGone is a principal whose user or role exists no more.
var ErrGone = errors.New("the principal's user or role does not exist any more")

// Granted finds a principal's policies.
func (s *Store) Granted(p wire.Principal) (Granted, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g := Granted{Temporary: s.open[p.AccessKey], ARN: p.ARN}
	switch {
	case p.Root:
		return g, nil
	case p.RoleName != "":
		if r := s.byRole[fold(p.RoleName)]; r != nil {
			g.Owner = &r.Owner
		}
	default:
		if u := s.byUser[fold(p.UserName)]; u != nil {
			g.Owner = &u.Owner
		}
	}
	if g.Owner == nil {
		return g, ErrGone
	}
	g.ARN, g.Identity = g.Owner.ARN, g.Owner.compiled
	if len(g.Owner.Attached) > 0 {
		g.Identity = s.attached(append([]*policy.Document{}, g.Identity...), g.Owner.Attached)
	}
	if g.Owner.Boundary != "" {
		g.HasBoundary, g.Boundary = true, s.attached(nil, []string{g.Owner.Boundary})
	}
	if x := g.Temporary; x != nil {
		g.Session, g.HasSession = x.compiledSession, len(x.Policies)+len(x.PolicyARNs) > 0
		g.Session = s.attached(slices.Clip(g.Session), x.PolicyARNs)
		return g, nil
	}
	for _, text := range p.Policies { // a principal without a key of this store
		d, err := policy.Parse(text)
		if err != nil {
			return g, err
		}
		g.HasSession, g.Session = true, append(g.Session, d)
	}
	return g, nil
}

// attached appends the documents of managed policies.
func (s *Store) attached(docs []*policy.Document, arns []string) []*policy.Document {
	for _, arn := range arns {
		if p := s.byARN[arn]; p != nil {
			docs = append(docs, p.compiled)
		}
	}
	return docs
}
