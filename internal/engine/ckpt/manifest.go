// Package ckpt keeps the checkpoints of a job: files of frozen state, and a
// manifest that says what is in them.
//
// Vocabulary. A checkpoint is a directory chk-<id> with one state file a task
// and a MANIFEST; a savepoint is the same anywhere else. A piece is a run of
// bytes in a state file that belongs to one operator, name and key group.
// State is found by identity (what an operator computes, what a source reads,
// where a sink writes), never by position in the plan.
//
// Invariants. MANIFEST is written last, durably and atomically: a directory
// without one is no checkpoint and is swept. A manifest names its versions;
// an unknown version is refused, never guessed. What is in a complete
// checkpoint is never changed. Manifest and pieces carry checksums: a torn or
// flipped file is found before anything is restored from it.
package ckpt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"

	"github.com/zeebo/xxh3"

	"weir/internal/connector"
)

// FormatVersion is the version of the manifest written by this Weir. Version 1
// had no checksums; it is still read.
const FormatVersion = 2

// Manifest describes a complete checkpoint.
type Manifest struct {
	Version        int
	HashVersion    int   // of the hash of keys: key groups depend on it
	MaxParallelism int   // the number of key groups
	ID             int64 // of the checkpoint, rising by one
	Time           int64 // when it was triggered, ms
	Savepoint      bool
	Program        string // the SQL or program text's digest, for upgrades
	Plan           string // as EXPLAIN prints it
	Operators      []Operator
	Sources        []Source
	Sinks          []Sink
}

// Operator is the state of one operator, over all its instances.
type Operator struct {
	Identity string
	Name     string // for people
	Pieces   []Piece
}

// Piece locates a piece of state.
type Piece struct {
	Name    string
	Group   int // key group, or op.AllGroups
	Version int
	File    string
	Offset  int64
	Length  int64
	Sum     uint64 // XXH3 of its bytes
}

// Source is where a source stands.
type Source struct {
	Identity   string
	Enumerator []byte
	Splits     []connector.Split // unfinished ones, with positions
	Finished   []string          // read to the end since the job began
}

// Sink is what a sink has to commit with this checkpoint.
type Sink struct {
	Identity     string
	Committables []connector.Committable
	State        []byte // of the committer, before these are committed
	Watermark    int64
}

// Operator is the state found for an identity.
func (m *Manifest) Operator(identity string) (Operator, bool) {
	for _, o := range m.Operators {
		if o.Identity == identity {
			return o, true
		}
	}
	return Operator{}, false
}

// Source is the source found for an identity.
func (m *Manifest) Source(identity string) (Source, bool) {
	for _, s := range m.Sources {
		if s.Identity == identity {
			return s, true
		}
	}
	return Source{}, false
}

// Sink is the sink found for an identity.
func (m *Manifest) Sink(identity string) (Sink, bool) {
	for _, s := range m.Sinks {
		if s.Identity == identity {
			return s, true
		}
	}
	return Sink{}, false
}

// Unclaimed lists the identities in m that are not among those given, in
// order: state that a changed program would lose.
func (m *Manifest) Unclaimed(identities map[string]bool) []string {
	var lost []string
	for _, o := range m.Operators {
		if !identities[o.Identity] && len(o.Pieces) > 0 {
			lost = append(lost, o.Name+" ["+o.Identity+"]")
		}
	}
	for _, s := range m.Sources {
		if !identities[s.Identity] {
			lost = append(lost, "source "+s.Identity)
		}
	}
	for _, s := range m.Sinks {
		if !identities[s.Identity] && len(s.Committables) > 0 {
			lost = append(lost, "sink "+s.Identity)
		}
	}
	sort.Strings(lost)
	return lost
}

// Size is the number of bytes of state.
func (m *Manifest) Size() int64 {
	var n int64
	for _, o := range m.Operators {
		for _, p := range o.Pieces {
			n += p.Length
		}
	}
	return n
}

// sumPrefix begins the last line of a manifest: the XXH3 of what stands before.
const sumPrefix = "\nxxh3 "

func encode(m *Manifest) ([]byte, error) {
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(data, "%s%016x\n", sumPrefix, xxh3.Hash(data)), nil
}

// Decode reads a manifest, and checks it and its versions.
func Decode(data []byte) (*Manifest, error) {
	body, sum, summed := bytes.Cut(data, []byte(sumPrefix))
	if summed && string(bytes.TrimSpace(sum)) != fmt.Sprintf("%016x", xxh3.Hash(body)) {
		return nil, errors.New("checkpoint manifest is damaged: its checksum does not fit")
	}
	var m Manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, fmt.Errorf("checkpoint manifest is damaged: %w", err)
	}
	if m.Version < 1 || m.Version > FormatVersion {
		return nil, fmt.Errorf("checkpoint has format version %d; this Weir reads versions 1 to %d", m.Version, FormatVersion)
	}
	if m.Version > 1 && !summed {
		return nil, errors.New("checkpoint manifest is damaged: it is cut short")
	}
	return &m, nil
}
