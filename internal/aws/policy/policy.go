// Package policy reads IAM policy documents and decides what they say of a
// request.
//
// Vocabulary. A Document is a parsed, compiled policy. Its statements name
// actions, resources, conditions and, in a trust policy, principals, by patterns
// (pattern.go) with wildcards and policy variables. A Request is what is asked;
// its Context gives the values of condition keys. An Effect is what documents say
// of it: an explicit Deny wins over every Allow; NoMatch is neither.
//
// Invariants. A Document is immutable and safe for concurrent use. Check refuses,
// in IAM's words and order, what IAM refuses to store; Parse refuses only what has
// no meaning, so that whatever was stored can be read back. A pattern for one
// partition never matches an ARN of another.
//
// It knows no users, roles or sessions: whose documents are asked, and how their
// effects combine, is internal/aws/authz's business. Why not versitygw's
// evaluator, which the S3 front end brings along: it refuses every partition but
// "aws" and every service principal but its own, and parses a document anew at
// each decision; the tests compare with it where it can answer.
package policy

import "strings"

// Effect is what documents say of a request.
type Effect int

// The effects.
const (
	NoMatch Effect = iota
	Allow
	Deny
)

// Context has the values of condition keys. The key is lower-case; nil means that
// the request does not have it.
type Context interface {
	Values(key string) []string
}

// Values is a Context of a map with lower-case keys.
type Values map[string][]string

// Values implements Context.
func (v Values) Values(key string) []string { return v[key] }

// Request is what is asked.
type Request struct {
	Action   string // "s3:GetObject", any case
	Resource string // an ARN, or "*" for an action that has no resource
	Context  Context
}

// Document is a parsed policy.
type Document struct {
	version    string
	statements []statement
}

type statement struct {
	effect     Effect
	actions    []pattern
	notAction  bool
	resources  []pattern
	notRes     bool
	conditions []condition
	principals principals
}

// Evaluate is what the documents together say of a request.
func Evaluate(docs []*Document, r Request) Effect {
	action := strings.ToLower(r.Action)
	found := NoMatch
	for _, d := range docs {
		for i := range d.statements {
			st := &d.statements[i]
			if st.effect == found || !st.coversAction(action, r.Context) || !st.coversResource(r) || !st.holds(r.Context) {
				continue
			}
			if st.effect == Deny {
				return Deny
			}
			found = Allow
		}
	}
	return found
}

func (s *statement) coversAction(action string, ctx Context) bool {
	return anyMatches(s.actions, action, ctx) != s.notAction
}

func (s *statement) coversResource(r Request) bool {
	return anyMatches(s.resources, r.Resource, r.Context) != s.notRes
}

// holds tells whether every condition does.
func (s *statement) holds(ctx Context) bool {
	for i := range s.conditions {
		if !s.conditions[i].holds(ctx) {
			return false
		}
	}
	return true
}

func anyMatches(ps []pattern, text string, ctx Context) bool {
	for i := range ps {
		if ps[i].match(text, ctx) {
			return true
		}
	}
	return false
}
