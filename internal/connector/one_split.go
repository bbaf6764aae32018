package connector

import "context"

// OneSplit is the enumerator of a source that is a single split; state is what
// its Snapshot returned, nil at first.
func OneSplit(s Split, state []byte) Enumerator {
	return &oneSplit{split: s, given: len(state) > 0}
}

type oneSplit struct {
	split Split
	given bool
}

// Discover implements Enumerator.
func (e *oneSplit) Discover(context.Context) ([]Split, bool, error) {
	if e.given {
		return nil, false, nil
	}
	e.given = true
	return []Split{e.split}, false, nil
}

// Finished implements Enumerator.
func (*oneSplit) Finished(string) {}

// Interval implements Enumerator.
func (*oneSplit) Interval() int64 { return 60_000 }

// Snapshot implements Enumerator.
func (e *oneSplit) Snapshot() ([]byte, error) {
	if e.given {
		return []byte{1}, nil
	}
	return nil, nil
}
