package exec

import (
	"slices"

	"weir/internal/batch"
	"weir/internal/types"
)

// keptRows are rows with their times, numbered as they were added. Those let
// go of stay until the operator makes its table anew.
type keptRows struct {
	fields []types.Field
	cols   []*batch.Vec
	times  []int64
	n      int // rows, the dead ones too
	dead   int
}

func newKeptRows(fields []types.Field) keptRows {
	return keptRows{fields: fields, cols: batch.New(fields, 0).Cols}
}

// add keeps row i of cols and gives its number.
func (r *keptRows) add(cols []*batch.Vec, i int, ts int64) int32 {
	for c, v := range r.cols {
		v.AppendFrom(cols[c], i)
	}
	r.times = append(r.times, ts)
	r.n++
	return int32(r.n - 1)
}

// drop lets go of n rows.
func (r *keptRows) drop(n int) { r.dead += n }

// reuse empties r when all its rows are dead, keeping the memory.
func (r *keptRows) reuse() {
	if r.dead == 0 || r.dead < r.n {
		return
	}
	for _, v := range r.cols {
		v.Reset()
	}
	r.times, r.n, r.dead = r.times[:0], 0, 0
}

// timer is a time at which a row of a group is due; row -1 is of the group
// itself.
type timer struct {
	at    int64
	group int32
	row   int32
}

func (t timer) compare(u timer) int {
	switch {
	case t.at != u.at:
		return sign(t.at < u.at)
	case t.group != u.group:
		return sign(t.group < u.group)
	case t.row != u.row:
		return sign(t.row < u.row)
	}
	return 0
}

// sign is -1 for less, 1 for not.
func sign(less bool) int {
	if less {
		return -1
	}
	return 1
}

// timerHeap has the timer that is due first in front. Timers of equal time go by
// group, and those of a group by row.
type timerHeap []timer

// sort brings all timers into order, in which they are a heap too.
func (h timerHeap) sort() { slices.SortFunc(h, timer.compare) }

// push adds a timer.
func (h *timerHeap) push(t timer) {
	*h = append(*h, t)
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if s[i].compare(s[up]) >= 0 {
			return
		}
		s[i], s[up] = s[up], s[i]
		i = up
	}
}

// pop takes the first timer away.
func (h *timerHeap) pop() timer {
	s := *h
	first, last := s[0], len(s)-1
	s[0] = s[last]
	*h = s[:last]
	h.down(0)
	return first
}

// down lets timer i sink to its place.
func (h timerHeap) down(i int) {
	for {
		least := i
		for kid := 2*i + 1; kid <= 2*i+2 && kid < len(h); kid++ {
			if h[kid].compare(h[least]) < 0 {
				least = kid
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
