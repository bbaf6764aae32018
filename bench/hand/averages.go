package main

import (
	"bufio"
	"strconv"
	"time"
)

// delay is how far the watermark stays behind the newest record.
const delay = 5_000_000

// sum is what a ticker has in a pane.
type sum struct {
	n     int64
	total float64
}

// pane holds the sums of one slide by ticker number, and which tickers it has.
type pane struct {
	sums []sum
	have []int32
}

// averages is the windowed average, a row "window_start,ticker,count,avg" a
// ticker and window.
type averages struct {
	w           *bufio.Writer
	size, slide int64
	number      map[string]int32 // ticker to its number
	ticker      []string
	panes       map[int64]*pane // by start
	current     *pane           // the pane of the last record, from start on
	start       int64
	newest      int64 // newest time seen
	watermark   int64
	nextEnd     int64 // the first window end not yet passed
	begun       bool
	unused      []*pane
	total       []sum // scratch: a window of several panes
	row         []byte
}

func newAverages(w *bufio.Writer, size, slide int64) *averages {
	w.WriteString("window_start,ticker,count,avg\n")
	return &averages{w: w, size: size * 1_000_000, slide: slide * 1_000_000, number: map[string]int32{}, panes: map[int64]*pane{}}
}

// add counts a record, and closes the windows its time closes.
func (a *averages) add(t *tick) {
	id, ok := a.number[string(t.ticker)]
	if !ok {
		id = int32(len(a.ticker))
		name := string(t.ticker)
		a.ticker = append(a.ticker, name)
		a.number[name] = id
	}
	if a.current == nil || uint64(t.micros-a.start) >= uint64(a.slide) {
		if !a.enter(t.micros) {
			return // late: all its windows are closed
		}
	}
	p := a.current
	if int(id) >= len(p.sums) {
		grown := make([]sum, max(64, len(a.ticker)*5/4))
		copy(grown, p.sums)
		p.sums = grown
	}
	s := &p.sums[id]
	if s.n == 0 {
		p.have = append(p.have, id)
	}
	s.n++
	s.total += t.price
	if t.micros > a.newest {
		a.newest = t.micros
		if w := t.micros - delay; w >= a.nextEnd {
			a.advance(w)
		}
	}
}

// enter makes the pane of a time the current one.
func (a *averages) enter(micros int64) bool {
	start := micros - micros%a.slide
	if a.begun && start+a.size <= a.watermark {
		return false
	}
	p := a.panes[start]
	if p == nil {
		if n := len(a.unused); n > 0 {
			p, a.unused = a.unused[n-1], a.unused[:n-1]
		} else {
			p = &pane{}
		}
		a.panes[start] = p
	}
	a.current, a.start = p, start
	if end := start + a.slide; !a.begun || end < a.nextEnd {
		a.nextEnd = end
	}
	a.begun = true
	return true
}

// advance closes every window that ends by the watermark.
func (a *averages) advance(watermark int64) {
	a.watermark = watermark
	for a.nextEnd <= watermark && len(a.panes) > 0 {
		a.fire(a.nextEnd)
		first := a.nextEnd - a.size
		if p := a.panes[first]; p != nil {
			for _, id := range p.have {
				p.sums[id] = sum{}
			}
			p.have = p.have[:0]
			delete(a.panes, first)
			a.unused = append(a.unused, p)
			if a.current == p {
				a.current = nil
			}
		}
		a.nextEnd += a.slide
	}
}

// end closes all windows that are left.
func (a *averages) end() {
	for len(a.panes) > 0 {
		a.advance(a.nextEnd)
	}
}

// fire writes the window that ends at end.
func (a *averages) fire(end int64) {
	start := end - a.size
	a.row = append(time.UnixMicro(start).UTC().AppendFormat(a.row[:0], "2006-01-02T15:04:05"), ',')
	head := len(a.row)
	if a.size == a.slide {
		if p := a.panes[start]; p != nil {
			for _, id := range p.have {
				a.write(head, a.ticker[id], p.sums[id])
			}
		}
		return
	}
	if len(a.total) < len(a.ticker) {
		a.total = make([]sum, len(a.ticker)*2)
	}
	for at := start; at < end; at += a.slide {
		if p := a.panes[at]; p != nil {
			for _, id := range p.have {
				a.total[id].n += p.sums[id].n
				a.total[id].total += p.sums[id].total
			}
		}
	}
	for id, name := range a.ticker {
		if a.total[id].n > 0 {
			a.write(head, name, a.total[id])
			a.total[id] = sum{}
		}
	}
}

// write writes a row; an error stays in the writer until Flush.
func (a *averages) write(head int, ticker string, s sum) {
	b := append(append(a.row[:head], ticker...), ',')
	b = append(strconv.AppendInt(b, s.n, 10), ',')
	b = append(strconv.AppendFloat(b, s.total/float64(s.n), 'g', -1, 64), '\n')
	a.w.Write(b)
	a.row = b
}
