package demo

import (
	"fmt"
	"math"
	"time"
)

// tickers are the names in the stream.
var tickers = []string{"AAPL", "AMZN", "INTC", "MSFT", "TBV"}

const (
	minutes = 5 // whole windows
	perTick = 2 * time.Second
)

// tick is one record.
type tick struct {
	at     time.Time
	ticker string
	price  float64
}

// json is the record as it is put.
func (t tick) json() []byte {
	return fmt.Appendf(nil, `{"event_time": %q, "ticker": %q, "price": %v}`, t.at.Format("2006-01-02T15:04:05.000000"), t.ticker, t.price)
}

// ticks makes the records of some minutes from start on, and a last one that
// moves event time past the last window. Prices are waves: easy on the eye.
func ticks(start time.Time) []tick {
	var all []tick
	for i := 0; i < int(minutes*time.Minute/perTick); i++ {
		at := start.Add(time.Duration(i) * perTick)
		for k, name := range tickers {
			wave := math.Sin(float64(i)/11+float64(k)) * float64(5+3*k)
			price := math.Round((40+20*float64(k)+wave)*100) / 100
			all = append(all, tick{at.Add(time.Duration(k) * 137 * time.Millisecond), name, price})
		}
	}
	return append(all, tick{start.Add(minutes*time.Minute + 10*time.Second), tickers[0], 1})
}

// window is one average: of a ticker, over the minute that ends at End.
type window struct {
	ticker string
	end    string // yyyy-MM-dd HH:mm:ss
}

// averages computes what the application should: without it, from the records.
// The window of the last record stays open.
func averages(all []tick) map[window]float64 {
	sum, n := map[window]float64{}, map[window]int{}
	for _, t := range all[:len(all)-1] {
		w := window{t.ticker, t.at.Truncate(time.Minute).Add(time.Minute).Format("2006-01-02 15:04:05")}
		sum[w] += t.price
		n[w]++
	}
	for w := range sum {
		sum[w] /= float64(n[w])
	}
	return sum
}
