package series

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	pvfs "github.com/cockroachdb/pebble/v2/vfs"

	"weir/internal/vfs"
)

var now = time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, fs vfs.FS) *Store {
	t.Helper()
	s, err := Open(fs, "metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func metric(name string, dims ...string) Metric {
	m := Metric{Region: "r", Namespace: "n", Name: name}
	for i := 0; i < len(dims); i += 2 {
		m.Dimensions = append(m.Dimensions, Dimension{dims[i], dims[i+1]})
	}
	return m
}

func putTwice(t *testing.T, s *Store, m Metric, at time.Time, value float64, highRes bool) {
	t.Helper()
	x := Sample{Metric: m, Time: at, Unit: "Count", HighRes: highRes}
	x.Bucket.Observe(value, 1)
	if err := s.Put(now, []Sample{x, x}); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s *Store, m Metric, r Resolution) string {
	t.Helper()
	points, err := s.Read(m, r, 0, math.MaxInt32, "")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, p := range points {
		text += fmt.Sprintf("%s %v*%v ", time.Unix(p.Time, 0).UTC().Format("02T15:04:05"), p.Count, p.Sum)
	}
	return text
}

func TestPutGoesIntoEveryResolution(t *testing.T) {
	s := open(t, vfs.NewMem())
	m := metric("m", "b", "2", "a", "1")
	putTwice(t, s, m, now.Add(-time.Second), 5, true)
	putTwice(t, s, metric("m", "a", "1", "b", "2"), now.Add(-61*time.Second), 7, false)
	putTwice(t, s, m, now.Add(-20*24*time.Hour), 1, true) // beyond seconds and minutes
	for r, want := range map[Resolution]string{
		Second: "01T11:59:59 2*10 ", Minute: "01T11:58:00 2*14 01T11:59:00 2*10 ",
		FiveMinutes: "09T12:00:00 2*2 01T11:55:00 4*24 ", Hour: "09T12:00:00 2*2 01T11:00:00 4*24 ",
	} {
		if got := read(t, s, m, r); got != want {
			t.Errorf("by %d s there is %q, want %q", r, got, want)
		}
	}
	if n := len(s.Metrics("r", now)); n != 1 {
		t.Errorf("there are %d metrics, want 1: dimensions have no order", n)
	}
	if points, err := s.Read(m, Minute, 0, math.MaxInt32, "Bytes"); err != nil || points != nil {
		t.Errorf("in another unit there is %v, %v", points, err)
	}
}

func TestAge(t *testing.T) {
	s := open(t, vfs.NewMem())
	m := metric("m")
	putTwice(t, s, m, now, 1, true)
	for _, c := range []struct {
		after time.Duration
		kept  int // resolutions
		known int
	}{{3*time.Hour + 1e9, 3, 1}, {15*24*time.Hour + 6e10, 2, 1}, {64 * 24 * time.Hour, 1, 1}, {456 * 24 * time.Hour, 0, 0}} {
		if err := s.Age(now.Add(c.after)); err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, r := range resolutions() {
			if read(t, s, m, r) != "" {
				kept++
			}
		}
		if known := len(s.Metrics("r", time.Time{})); kept != c.kept || known != c.known {
			t.Errorf("after %v %d resolutions and %d metrics are kept, want %d and %d", c.after, kept, known, c.kept, c.known)
		}
	}
}

func TestAcknowledgedDataSurvivesPowerLoss(t *testing.T) {
	fs := pvfs.NewCrashableMem()
	putTwice(t, open(t, fs), metric("m"), now, 3, false)
	s := open(t, fs.CrashClone(pvfs.CrashCloneCfg{}))
	putTwice(t, s, metric("m"), now, 4, false)
	putTwice(t, s, metric("other"), now, 1, false)
	if got := read(t, s, metric("m"), Minute); got != "01T12:00:00 4*14 " {
		t.Errorf("after the crash there is %q", got)
	}
}

func TestPercentiles(t *testing.T) {
	var b Bucket
	for _, v := range []float64{4, 1, 3, 2} {
		b.Observe(v, 1)
	}
	for p, want := range map[float64]float64{0: 1, 50: 2.5, 100: 4, 90: 3.7} {
		if got, ok := b.Percentile(p); !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("p%v is %v, want %v", p, got, want)
		}
	}
	b.ObserveSet(3, 9, 1, 5)
	if _, ok := b.Percentile(50); ok || b.Count != 7 || b.Sum != 19 || b.Max != 5 {
		t.Errorf("with a statistic set it is %+v", b)
	}
}

// TestPercentilesOfManyValues compares the bounded distribution with sorting.
func TestPercentilesOfManyValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var all []float64
	var merged Bucket
	for range 20 {
		var b Bucket
		for range 500 {
			v := math.Exp(rng.NormFloat64()*3) - 0.01
			all = append(all, v)
			b.Observe(v, 1)
		}
		back, err := decode(b.encode())
		if err != nil {
			t.Fatal(err)
		}
		merged.Merge(back)
	}
	slices.Sort(all)
	for _, p := range []float64{1, 25, 50, 90, 99, 99.9} {
		want := all[int(p/100*float64(len(all)-1))]
		if got, ok := merged.Percentile(p); !ok || math.Abs(got-want) > 0.03*math.Abs(want) {
			t.Errorf("p%v is %v, want %v", p, got, want)
		}
	}
	if len(merged.dist) > maxDist || merged.Count != 10_000 {
		t.Errorf("%d values are kept of %v", len(merged.dist), merged.Count)
	}
}

func BenchmarkPut(b *testing.B) {
	s, err := Open(vfs.OS(), b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	samples := make([]Sample, 100)
	for i := range samples {
		samples[i] = Sample{Metric: metric(fmt.Sprint("m", i)), Unit: "Count"}
		samples[i].Bucket.Observe(float64(i), 1)
	}
	for i := range b.N {
		for j := range samples {
			samples[j].Time = now.Add(time.Duration(i) * time.Second)
		}
		if err := s.Put(now, samples); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(samples))/b.Elapsed().Seconds(), "data/s")
}
