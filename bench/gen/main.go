// Command gen writes the tick stream that the benchmarks read: one JSON object
// a line, {"event_time":"2021-09-01T12:00:00.123456","ticker":"AAPL","price":42.17}.
//
//	gen -n 10000000 -o ticks.ndjson                    jobs A, B and D
//	gen -n 10000000 -tickers 100000 -o many.ndjson     job C
//
// Invariants. The same flags give the same bytes on every machine, so that
// figures of different days are of the same data. Record i is drawn with three
// numbers of a splitmix64 sequence: how far it lags behind its place in time (up
// to -disorder-ms, so nothing is later than that), its ticker, its price in
// cents. It must not read the clock.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// stream is what the flags say.
type stream struct {
	records, tickers   int
	stepUS, disorderMS int64
	seed               uint64
}

func main() {
	var s stream
	flag.IntVar(&s.records, "n", 10_000_000, "how many records")
	flag.IntVar(&s.tickers, "tickers", 5, "how many tickers")
	flag.Int64Var(&s.stepUS, "step-us", 600, "microseconds of event time from one record to the next")
	flag.Int64Var(&s.disorderMS, "disorder-ms", 3000, "how many milliseconds a record may lag")
	flag.Uint64Var(&s.seed, "seed", 1, "where the sequence starts")
	out := flag.String("o", "", "the file to write (default: standard output)")
	flag.Parse()
	if err := s.write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func (s stream) write(name string) error {
	if name == "" {
		return s.lines(os.Stdout)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := s.lines(f); err != nil {
		return err
	}
	return f.Close()
}

// splitmix64 is Vigna's generator of that name.
type splitmix64 struct{ state uint64 }

func (r *splitmix64) below(n uint64) uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z ^= z >> 30
	z *= 0xbf58476d1ce4e5b9
	z ^= z >> 27
	z *= 0x94d049bb133111eb
	z ^= z >> 31
	return z % n
}

// names are the five of the walk-through, or as many numbered ones as asked for.
func (s stream) names() []string {
	five := []string{"AAPL", "AMZN", "MSFT", "INTC", "TBV"}
	if s.tickers == len(five) {
		return five
	}
	out := make([]string, s.tickers)
	for i := range out {
		out[i] = fmt.Sprintf("T%07d", i)
	}
	return out
}

func (s stream) lines(to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<20)
	r := &splitmix64{s.seed}
	names := s.names()
	start := time.Date(2021, 9, 1, 12, 0, 0, 0, time.UTC).UnixMicro()
	var line []byte
	for i := range int64(s.records) {
		lag := int64(r.below(uint64(s.disorderMS)*1000 + 1))
		name := names[r.below(uint64(len(names)))]
		cents := 1 + r.below(10_000)
		at := time.UnixMicro(start + max(0, i*s.stepUS-lag)).UTC()
		line = at.AppendFormat(append(line[:0], `{"event_time":"`...), "2006-01-02T15:04:05.000000")
		line = append(append(append(line, `","ticker":"`...), name...), `","price":`...)
		line = append(appendPrice(line, cents), "}\n"...)
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// appendPrice writes cents as Python prints such a float: 42.17, 42.1, 42.0.
func appendPrice(b []byte, cents uint64) []byte {
	b = append(strconv.AppendUint(b, cents/100, 10), '.', byte('0'+cents/10%10))
	if last := cents % 10; last != 0 {
		b = append(b, byte('0'+last))
	}
	return b
}
