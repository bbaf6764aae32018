// Command hand does the benchmarks' jobs as one would by hand in Go, on one
// core: it is the limit the engine is measured against, not a thing to use.
//
//	hand -in ticks.ndjson -out a.csv                        jobs A and C: average a minute and ticker
//	hand -in ticks.ndjson -out d.csv -slide 1               job D: the same, hopping by a second
//	hand -in ticks.ndjson -out b.csv -job filter            job B: price above 50, times 1.1
//
// Vocabulary. A pane is what one slide of a window holds: a count and a sum for
// each ticker; a window is the sum of its panes. With -predict the record is
// expected to have the generator's own layout, and is scanned with care when it
// has not; without it keys may come in any order, which is the limit that counts.
//
// Invariants. Time is event time with a watermark 5 s behind the newest record,
// moved by every record; the end of the input closes all windows. It knows this
// one schema and nothing else, and must not be made clever with several cores:
// figures are per CPU-second.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
)

type options struct {
	in, out, job string
	size, slide  int64
	predict      bool
}

func main() {
	var o options
	flag.StringVar(&o.in, "in", "", "the records, a line each")
	flag.StringVar(&o.out, "out", os.DevNull, "the CSV to write")
	flag.StringVar(&o.job, "job", "window", "window or filter")
	flag.Int64Var(&o.size, "size", 60, "seconds of a window")
	flag.Int64Var(&o.slide, "slide", 60, "seconds from one window to the next")
	flag.BoolVar(&o.predict, "predict", false, "expect the generator's layout")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "hand:", err)
		os.Exit(1)
	}
}

func (o options) run() error {
	in, err := os.Open(o.in)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(o.out)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<18)
	var take func(*tick)
	end := func() {}
	switch o.job {
	case "filter":
		take = filter(w)
	case "window":
		if o.slide <= 0 || o.size%o.slide != 0 {
			return errors.New("the size must be a multiple of the slide")
		}
		a := newAverages(w, o.size, o.slide)
		take, end = a.add, a.end
	default:
		return fmt.Errorf("there is no job %q", o.job)
	}
	if err := scanLines(in, o.predict, take); err != nil {
		return err
	}
	end()
	return errors.Join(w.Flush(), out.Close())
}

// filter is job B. A row's write error stays in the writer until Flush.
func filter(w *bufio.Writer) func(*tick) {
	var row []byte
	return func(t *tick) {
		if t.price > 50 {
			row = append(append(row[:0], t.ticker...), ',')
			row = append(strconv.AppendFloat(row, t.price*1.1, 'g', -1, 64), '\n')
			w.Write(row)
		}
	}
}

// slack is how far past a record the predicting scanner may look.
const slack = 16

// scanLines cuts the input into lines and hands each record on; a line that is
// no record ends the run.
func scanLines(in io.Reader, predict bool, take func(*tick)) error {
	var s scanner
	var t tick
	buf := make([]byte, 1<<18+slack)
	held, lines := 0, 0
	for {
		n, err := in.Read(buf[held : len(buf)-slack])
		end := held + n
		if errors.Is(err, io.EOF) && end > 0 && buf[end-1] != '\n' {
			buf[end] = '\n'
			end++
		}
		at := 0
		for {
			length := bytes.IndexByte(buf[at:end], '\n')
			if length < 0 {
				break
			}
			lines++
			ok := predict && s.predicted(buf[at:], length, &t)
			if !ok && !s.object(buf[at:at+length], &t) {
				return fmt.Errorf("line %d is not a tick: %s", lines, buf[at:at+length])
			}
			take(&t)
			at += length + 1
		}
		held = copy(buf, buf[at:end])
		if held == len(buf)-slack {
			return fmt.Errorf("line %d is longer than %d bytes", lines+1, held)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
