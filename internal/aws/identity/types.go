package identity

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"weir/internal/aws/policy"
)

// The states of an access key.
const (
	Active   = "Active"
	Inactive = "Inactive"
)

// Tag is a tag of a user, role or policy, or of a session.
type Tag struct{ Key, Value string }

// Owner is what a user and a role have in common.
type Owner struct {
	Name, Path, ID string
	Created        time.Time
	Tags           []Tag             `json:",omitempty"`
	Inline         map[string]string `json:",omitempty"` // document by policy name
	Attached       []string          `json:",omitempty"` // ARNs, in the order attached
	Boundary       string            `json:",omitempty"` // ARN of a managed policy

	// ARN is made when the owner is put.
	ARN      string `json:"-"`
	compiled []*policy.Document
}

// clone copies what a change may touch.
func (o Owner) clone() Owner {
	o.Tags, o.Attached, o.Inline = slices.Clone(o.Tags), slices.Clone(o.Attached), maps.Clone(o.Inline)
	if o.Inline == nil {
		o.Inline = map[string]string{}
	}
	return o
}

// prepare compiles the inline policies.
func (o *Owner) prepare(arn string) error {
	o.ARN, o.compiled = arn, nil
	for _, name := range slices.Sorted(maps.Keys(o.Inline)) {
		d, err := policy.Parse(o.Inline[name])
		if err != nil {
			return fmt.Errorf("policy %s of %s: %w", name, arn, err)
		}
		o.compiled = append(o.compiled, d)
	}
	return nil
}

// AccessKey is a lasting key of a user or of root.
type AccessKey struct {
	ID, Secret, Status string
	Created            time.Time
}

// User is an IAM user.
type User struct {
	Owner
	Keys []AccessKey `json:",omitempty"`
}

// Clone is a copy that may be changed and put back.
func (u *User) Clone() *User { return &User{u.clone(), slices.Clone(u.Keys)} }

// Role is an IAM role.
type Role struct {
	Owner
	Description string `json:",omitempty"`
	TrustPolicy string
	MaxSession  time.Duration

	trust *policy.Document
}

// Clone is a copy that may be changed and put back.
func (r *Role) Clone() *Role {
	c := *r
	c.Owner = r.clone()
	return &c
}

// Trust is the compiled trust policy.
func (r *Role) Trust() *policy.Document { return r.trust }

// Version is one version of a managed policy.
type Version struct {
	Number   int
	Document string
	Created  time.Time
}

// Policy is a managed policy, the account's own or AWS's.
type Policy struct {
	Name, Path, ID, ARN string
	Description         string `json:",omitempty"`
	Tags                []Tag  `json:",omitempty"`
	Created, Updated    time.Time
	Versions            []Version // in the order made
	Default             int
	Last                int // the highest number ever given

	compiled *policy.Document
}

// Clone is a copy that may be changed and put back.
func (p *Policy) Clone() *Policy {
	c := *p
	c.Tags, c.Versions = slices.Clone(p.Tags), slices.Clone(p.Versions)
	return &c
}

// AWS tells whether AWS made the policy, so that nobody may change it.
func (p *Policy) AWS() bool { return strings.Contains(p.ARN, ":iam::aws:policy/") }

// Version is the version of a number, nil when there is none.
func (p *Policy) Version(n int) *Version {
	i := slices.IndexFunc(p.Versions, func(v Version) bool { return v.Number == n })
	if i < 0 {
		return nil
	}
	return &p.Versions[i]
}

// Session is temporary credentials.
type Session struct {
	Key             AccessKey
	Token           string
	RoleID          string `json:",omitempty"` // of a role …
	RoleName        string `json:",omitempty"`
	UserID          string `json:",omitempty"` // … or of a user; of root when neither
	UserName        string `json:",omitempty"`
	Name            string `json:",omitempty"` // RoleSessionName
	Expires         time.Time
	Policies        []string `json:",omitempty"` // session policies, documents
	PolicyARNs      []string `json:",omitempty"`
	Tags            []Tag    `json:",omitempty"`
	SourceIdentity  string   `json:",omitempty"`
	TransitiveTags  []string `json:",omitempty"`
	compiledSession []*policy.Document
}

// Usage is when an access key or a role was last used.
type Usage struct {
	ID, Service, Region string
	At                  time.Time
}

func fold(name string) string { return strings.ToLower(name) }

func (s *Store) prepareUser(u *User) error { return u.prepare(s.arn("iam", "user"+u.Path+u.Name)) }

func (s *Store) prepareRole(r *Role) (err error) {
	if err := r.prepare(s.arn("iam", "role"+r.Path+r.Name)); err != nil {
		return err
	}
	if r.trust, err = policy.Parse(r.TrustPolicy); err != nil {
		err = fmt.Errorf("trust policy of %s: %w", r.ARN, err)
	}
	return err
}

func (s *Store) preparePolicy(p *Policy) (err error) {
	if p.ARN == "" {
		p.ARN = s.arn("iam", "policy"+p.Path+p.Name)
	}
	v := p.Version(p.Default)
	if v == nil {
		return fmt.Errorf("policy %s has no default version", p.ARN)
	}
	if p.compiled, err = policy.Parse(v.Document); err != nil {
		err = fmt.Errorf("policy %s: %w", p.ARN, err)
	}
	return err
}

func (s *Store) prepareSession(x *Session) error {
	x.compiledSession = nil
	for _, text := range x.Policies {
		d, err := policy.Parse(text)
		if err != nil {
			return fmt.Errorf("policy of session %s: %w", x.Key.ID, err)
		}
		x.compiledSession = append(x.compiledSession, d)
	}
	return nil
}
