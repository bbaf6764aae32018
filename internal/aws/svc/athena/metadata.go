package athena

import (
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"weir/internal/athena/worker"
)

// metadata is the .metadata file beside a result: a protobuf message of the
// engine's id (1) and the columns (4).
func metadata(id string, cols []worker.ResultColumn) []byte {
	out := protowire.AppendTag(nil, 1, protowire.BytesType)
	out = protowire.AppendString(out, id)
	for _, c := range cols {
		var m []byte
		text := func(n protowire.Number, s string) {
			m = protowire.AppendTag(m, n, protowire.BytesType)
			m = protowire.AppendString(m, s)
		}
		num := func(n protowire.Number, v uint64) {
			m = protowire.AppendTag(m, n, protowire.VarintType)
			m = protowire.AppendVarint(m, v)
		}
		text(1, "hive")
		text(4, c.Name)
		text(5, c.Name)
		text(6, c.Type)
		if c.Precision > 0 {
			num(7, uint64(c.Precision))
			num(8, uint64(c.Scale))
		}
		num(9, 3) // nullable: unknown
		if c.Precision > 0 || c.CaseSensitive {
			num(10, map[bool]uint64{true: 1}[c.CaseSensitive])
		}
		out = protowire.AppendTag(out, 4, protowire.BytesType)
		out = protowire.AppendBytes(out, m)
	}
	return out
}

// engineID looks like Trino's query ids: time, number, five letters.
func engineID(at time.Time, id string) string {
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return 'g' + r - '0'
		case r >= 'a' && r <= 'f':
			return r
		}
		return -1
	}, id)
	return at.UTC().Format("20060102_150405") + "_00001_" + letters[:5]
}
