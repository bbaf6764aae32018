// Package format says what a format is: the translation between the bytes of a
// record and the columns of a batch. Each format is a package below this one.
//
// Vocabulary. A Decoder reads messages: one Kinesis record, one line of a file
// (the connector splits; LineBased tells how). An Encoder writes rows. A Format
// is the description: its options, its constructors. Options are given without
// their prefix ("timestamp-format.standard", not "json.timestamp-format…").
//
// Invariants. A Decoder that returns an error has appended nothing. Decoders
// and Encoders are used by one goroutine; they keep scratch memory.
package format

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/types"
)

// Decoder turns messages into rows.
type Decoder interface {
	// Decode appends the rows of msg (none, one or more) to dst, whose columns
	// are those the Decoder was made for, and moves dst.N. msg is not kept. The
	// bytes after msg's end in its backing array may be read when cap allows.
	Decode(msg []byte, dst *batch.Batch) error
}

// Encoder turns rows into bytes.
type Encoder interface {
	// Encode appends the text of each row of b in order to buf and returns it;
	// for a format that is line-based each row ends with a line feed, otherwise
	// ends gets the end offset of each row.
	Encode(buf []byte, b *batch.Batch) ([]byte, error)
	// EncodeRow appends physical row i of b, without a line end.
	EncodeRow(buf []byte, b *batch.Batch, i int) ([]byte, error)
}

// Config is what a Decoder or Encoder is made for.
type Config struct {
	Fields  []types.Field     // the columns, in order
	Options map[string]string // without the format's prefix
	// Profile is the Flink version whose behaviour is wanted, as in
	// "1.11"; "" is the newest.
	Profile string
}

// Format describes one format.
type Format struct {
	Name string // "json"
	Doc  string
	// Options is a pointer to the zero value of the tagged options struct (see
	// package option), for documentation and for validating names.
	Options any
	// NewDecoder and NewEncoder check the options and the column types; nil
	// where the format only reads or only writes.
	NewDecoder func(Config) (Decoder, error)
	NewEncoder func(Config) (Encoder, error)
	// ByName: a Decoder finds the columns it was made for by their names, so
	// that it can be made for some of a table's columns only.
	ByName bool
	// LineBased: files of the format are lines, a message a line.
	LineBased bool
	// Bulk: a part file of it is closed at every checkpoint also in Flink.
	Bulk bool
	// Changelog: the format carries row kinds (debezium-json and the like).
	Changelog bool
}

// RecordError is a message that could not be decoded. The connector that read
// the message adds where it stood.
type RecordError struct {
	Field string // the column, when one is to blame
	Text  string // the message or the field's text, shortened
	Err   error
}

// Error is "Failed to deserialize … field f: cause".
func (e *RecordError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("cannot deserialize %q: %v", e.Text, e.Err)
	}
	return fmt.Sprintf("cannot deserialize field %q from %q: %v", e.Field, e.Text, e.Err)
}

// Unwrap gives the cause.
func (e *RecordError) Unwrap() error { return e.Err }

// Shorten cuts a text for an error message: at most 200 bytes, at a character's
// end, with an ellipsis when something was cut.
func Shorten(b []byte) string {
	const limit = 200
	if len(b) <= limit {
		return string(b)
	}
	n := limit
	for n > 0 && b[n]&0xC0 == 0x80 {
		n--
	}
	return string(b[:n]) + "…"
}
