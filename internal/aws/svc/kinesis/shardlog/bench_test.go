package shardlog

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"weir/internal/clock"
	"weir/internal/vfs"
	"weir/internal/vfs/spacewait"
)

func benchLog(b *testing.B) *Log {
	dir := b.TempDir()
	clk := clock.System{}
	l, err := Open(spacewait.New(vfs.OS(), clk, dir, 32<<20), dir+"/log", clk)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	return l
}

var value = bytes.Repeat([]byte("0123456789"), 20)

func fill(b *testing.B, l *Log, s *Shard, n int) {
	r := NewRun(s, n*(len(value)+12))
	for range n {
		r.Add([]byte("partitionkey"), value)
	}
	if err := l.Append(context.Background(), []*Run{r}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkAppend is durable puts of 500 × 200 B, and of one record by 64 writers.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct{ records, writers int }{{500, 1}, {500, 4}, {1, 64}} {
		b.Run(fmt.Sprintf("%dx200B/writers=%d", c.records, c.writers), func(b *testing.B) {
			l := benchLog(b)
			b.SetParallelism(c.writers / 2)
			b.SetBytes(int64(c.records * len(value)))
			b.RunParallel(func(pb *testing.PB) {
				s := shard(b, l, ShardID{1, 0})
				for pb.Next() {
					fill(b, l, s, c.records)
				}
			})
			b.ReportMetric(float64(b.N*c.records)/b.Elapsed().Seconds(), "rec/s")
		})
	}
}

// BenchmarkRead reads pages of 10,000 records from start to end.
func BenchmarkRead(b *testing.B) {
	l := benchLog(b)
	s := shard(b, l, ShardID{1, 0})
	for range 400 {
		fill(b, l, s, 500)
	}
	n, from := 0, uint64(0)
	for b.Loop() {
		p, err := s.Read(from, 10000, 10<<20, func(*Record) {})
		if err != nil {
			b.Fatal(err)
		}
		n += p.Records
		if from = p.Next; p.AtTip {
			from = 0
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rec/s")
}

// BenchmarkIdlePoll reads at the tip.
func BenchmarkIdlePoll(b *testing.B) {
	l := benchLog(b)
	s := shard(b, l, ShardID{1, 0})
	fill(b, l, s, 500)
	for b.Loop() {
		if _, err := s.Read(s.Tip(), 10000, 10<<20, func(*Record) {}); err != nil {
			b.Fatal(err)
		}
	}
}
