package kinesis

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/types"
)

// maxPartitionKey is the most characters of a partition key.
const maxPartitionKey = 256

// partitioner gives rows their partition keys (KinesisPartitionKeyGeneratorFactory):
// the columns of PARTITIONED BY where there are some, otherwise what
// 'sink.partitioner' says.
type partitioner struct {
	cols      []int
	delimiter string
	fixed     string // of this task, when not ""
	rand      io.Reader
	buf       []byte
}

// checkPartitioner refuses what no partitioner can be made of.
func (s *settings) checkPartitioner(t *connector.Table) error {
	if len(t.PartitionKeys) > 0 {
		if s.Partitioner != "" {
			return errs.New(errs.Invalid, "option.conflict", "Cannot set sink.partitioner option for a table defined with a PARTITIONED BY clause").
				WithHint("the partition key is made of %s; leave one of the two out", strings.Join(t.PartitionKeys, ", "))
		}
		return nil
	}
	switch s.Partitioner {
	case "", "fixed", "random":
		return nil
	}
	return errs.New(errs.Unsupported, "kinesis.partitioner", "Could not find and instantiate partitioner class '%s'", s.Partitioner).
		WithHint("classes are Java's, and there is no JVM here: 'fixed', 'random', or PARTITIONED BY the columns of the key")
}

// newPartitioner makes that of one task.
func newPartitioner(s *settings, t *connector.Table, rand io.Reader, task int) (*partitioner, error) {
	p := &partitioner{delimiter: s.Delimiter, rand: rand}
	if s.Partitioner == "fixed" {
		p.fixed = strconv.Itoa(task)
	}
	var bad []string
	for _, key := range t.PartitionKeys {
		for i, f := range t.Fields {
			if f.Name == key {
				p.cols = append(p.cols, i)
				if !wellDefinedString(f.Type) {
					bad = append(bad, key)
				}
			}
		}
	}
	if bad != nil {
		return nil, errs.New(errs.Invalid, "kinesis.partition-key", "The following partition keys have types that are not supported by Kinesis: %s", strings.Join(bad, ", ")).
			WithHint("CHAR, VARCHAR, STRING, BOOLEAN, integers, FLOAT and DOUBLE are; cast the column to STRING")
	}
	return p, nil
}

// wellDefinedString is Flink's LogicalTypeChecks.hasWellDefinedString.
func wellDefinedString(t types.Type) bool {
	switch t.Kind {
	case types.Char, types.VarChar, types.Boolean, types.TinyInt, types.SmallInt, types.Int, types.BigInt, types.Float, types.Double:
		return true
	}
	return false
}

// key is the partition key of physical row i of b.
func (p *partitioner) key(b *batch.Batch, i int) (string, error) {
	switch {
	case p.cols != nil:
		return p.fields(b, i)
	case p.fixed != "":
		return p.fixed, nil
	}
	id, err := uuid.NewRandomFromReader(p.rand)
	return id.String(), err
}

// fields joins the texts of the key's columns, a NULL as "null"
// (RowDataFieldsKinesisPartitionKeyGenerator).
func (p *partitioner) fields(b *batch.Batch, i int) (string, error) {
	p.buf = p.buf[:0]
	for k, c := range p.cols {
		if k > 0 {
			p.buf = append(p.buf, p.delimiter...)
		}
		if v := b.Cols[c]; v.IsNull(i) {
			p.buf = append(p.buf, "null"...)
		} else {
			p.buf = connector.AppendText(p.buf, v, i)
		}
	}
	if len(p.buf) == 0 {
		return "", fmt.Errorf("the partition key is empty; Kinesis takes keys of 1 to %d characters", maxPartitionKey)
	}
	if len(p.buf) > maxPartitionKey && utf8.RuneCount(p.buf) > maxPartitionKey {
		return string([]rune(string(p.buf))[:maxPartitionKey]), nil
	}
	return string(p.buf), nil
}
