package nexmark

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/session"
	"weir/internal/types"
	"weir/internal/vfs"
)

// tables are the source and the three kinds of event as views.
const tables = `
CREATE TABLE events (
  event_type INT,
  person ROW<id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING, ` + "`dateTime`" + ` TIMESTAMP(3), extra STRING>,
  auction ROW<id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, ` + "`dateTime`" + ` TIMESTAMP(3), expires TIMESTAMP(3),
    seller BIGINT, category BIGINT, extra STRING>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, ` + "`dateTime`" + ` TIMESTAMP(3), extra STRING>,
  ` + "`dateTime`" + ` AS CASE event_type WHEN 0 THEN person.` + "`dateTime`" + ` WHEN 1 THEN auction.` + "`dateTime`" + ` ELSE bid.` + "`dateTime`" + ` END,
  WATERMARK FOR ` + "`dateTime`" + ` AS ` + "`dateTime`" + ` - INTERVAL '4' SECOND
) WITH ('connector' = 'nexmark', 'events.num' = '1000000');
CREATE VIEW person AS SELECT person.id, person.name, person.emailAddress, person.creditCard, person.city, person.state, ` + "`dateTime`" + `, person.extra
FROM events WHERE event_type = 0;
CREATE VIEW auction AS SELECT auction.id, auction.itemName, auction.description, auction.initialBid, auction.reserve, ` + "`dateTime`" + `, auction.expires,
  auction.seller, auction.category, auction.extra FROM events WHERE event_type = 1;
CREATE VIEW bid AS SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, ` + "`dateTime`" + `, bid.extra FROM events WHERE event_type = 2;
`

var golden = regexp.MustCompile(`-- Flink 2\.3\.0: (\d+) rows(?:, sha256 ([0-9a-f]{64}))?\n`)

// refused is what is said of a query that does not run yet: a test of the refusal,
// until the day on which it runs.
var refused = regexp.MustCompile(`-- Refused here: (.*)\n`)

func TestQueries(t *testing.T) {
	files, err := filepath.Glob("queries/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no queries", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".sql")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			want := golden.FindStringSubmatch(string(text))
			if want == nil {
				t.Fatal("no golden line")
			}
			rows, err := result(t, string(text))
			if r := refused.FindStringSubmatch(string(text)); r != nil {
				if err == nil || !strings.Contains(err.Error(), r[1]) {
					t.Fatalf("got %v, want an error with %q", err, r[1])
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.New()
			for _, r := range rows {
				fmt.Fprintf(sum, "%s\n", r)
			}
			if got := hex.EncodeToString(sum.Sum(nil)); fmt.Sprint(len(rows)) != want[1] || want[2] != "" && got != want[2] {
				t.Errorf("%d rows, sha256 %s; Flink has %s, %s\n%s", len(rows), got, want[1], want[2], strings.Join(rows[:min(3, len(rows))], "\n"))
			}
		})
	}
}

// result is the rows that query leaves, sorted.
func result(t *testing.T, query string) ([]string, error) {
	t.Helper()
	fs, log := vfs.NewMem(), slog.New(slog.DiscardHandler)
	s := session.New(session.Config{Clock: clock.System{}, Log: log, FS: fs, Connectors: all.Connectors(), Formats: all.Formats(),
		Rand: rand.NewChaCha8([32]byte{}), Env: &connector.Env{Clock: clock.System{}, Log: log, FS: fs},
		Checkpoints: func(int) (*ckpt.Store, error) { return ckpt.OpenStore(fs, "chk") }})
	for _, st := range strings.SplitAfter(strings.TrimSpace(tables), ";\n") {
		if _, err := s.ExecuteSQL(t.Context(), strings.TrimSuffix(strings.TrimSpace(st), ";")); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.ExecuteSQL(t.Context(), query)
	if err != nil {
		return nil, err
	}
	defer r.Stream.Close()
	counts := map[string]int{}
	for {
		row, err := r.Stream.Next(context.Background())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		text := line(r.Columns, row)
		if row.Kind == batch.Insert || row.Kind == batch.UpdateAfter {
			counts[text]++
		} else if counts[text]--; counts[text] == 0 {
			delete(counts, text)
		}
	}
	var rows []string
	for text, n := range counts {
		if n < 0 {
			t.Fatalf("%s was taken back and had not come", text)
		}
		for range n {
			rows = append(rows, text)
		}
	}
	slices.Sort(rows)
	return rows, nil
}

// line is a row as the goldens have it.
func line(columns []types.Field, row session.Row) string {
	var b strings.Builder
	for i, c := range row.Cells {
		b.WriteByte("[,"[min(i, 1)])
		switch t := columns[i].Type; {
		case c == nil:
			b.WriteString("null")
		case t.IsString() || t.Kind == types.Decimal:
			b.WriteString(quoted(*c))
		case t.IsTimestamp():
			s := *c
			if strings.Contains(s, ".") {
				s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
			}
			b.WriteString(quoted(s))
		default:
			b.WriteString(*c)
		}
	}
	b.WriteByte(']')
	return b.String()
}

// quoted is s as a JSON string, with nothing escaped that need not be.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always has a JSON form
	return strings.TrimSuffix(b.String(), "\n")
}
