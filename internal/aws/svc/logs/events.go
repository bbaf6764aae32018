package logs

import (
	"fmt"
	"math/big"
	"strings"

	"weir/internal/aws/svc/logs/eventlog"
)

// Event ids and sequence tokens are AWS's in form: 56 decimal digits, the time
// in milliseconds in the bits from 144 up.
const (
	idDigits    = 56
	idTimeShift = 144
	idHighShift = 64
)

// eventID is the id of the event at p; high distinguishes streams.
func eventID(p eventlog.Pos, high uint64) string {
	id := new(big.Int).Lsh(big.NewInt(p.Time), idTimeShift)
	id.Or(id, new(big.Int).Lsh(new(big.Int).SetUint64(high), idHighShift))
	id.Or(id, new(big.Int).SetUint64(p.Seq))
	text := id.String()
	return strings.Repeat("0", max(0, idDigits-len(text))) + text
}

// readEventID is the place that an id names.
func readEventID(text string) (p eventlog.Pos, ok bool) {
	id, ok := new(big.Int).SetString(text, 10)
	if !ok || id.Sign() < 0 {
		return p, false
	}
	time := new(big.Int).Rsh(id, idTimeShift)
	if !time.IsInt64() {
		return p, false
	}
	low := new(big.Int).And(id, new(big.Int).SetUint64(^uint64(0)))
	return eventlog.Pos{Time: time.Int64(), Seq: low.Uint64()}, true
}

// sequenceToken is a stream's next sequence token. Nobody checks it any more;
// it changes with every put, as producers of old expect.
func sequenceToken(sum eventlog.Summary) string {
	return "49" + fmt.Sprintf("%054d", uint64(sum.LastArrival)*1_000_003+uint64(sum.Count))
}
