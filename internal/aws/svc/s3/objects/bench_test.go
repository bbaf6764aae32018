package objects

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"weir/internal/clock"
	"weir/internal/vfs"
)

func BenchmarkPut(b *testing.B) {
	for _, workers := range []int{1, 16} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			s, err := Open(Options{FS: vfs.OS(), Dir: b.TempDir(), Clock: clock.System{}, Rand: rand.Reader})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			if err := s.CreateBucket(Bucket{Name: "b"}); err != nil {
				b.Fatal(err)
			}
			data := bytes.Repeat([]byte("x"), 1024)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range workers {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						d, err := s.Stage(bytes.NewReader(data))
						if err != nil {
							b.Error(err)
							return
						}
						_, err = s.Put("b", Object{Key: fmt.Sprintf("k%06d", i%10000), Size: 1024, Files: d.Files}, nil)
						d.Finish(err)
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "put/s")
		})
	}
}
