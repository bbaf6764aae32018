package kinesis

import (
	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/format"
)

// decoder turns records into rows: the format reads the columns of the record,
// the metadata columns come from the record's envelope.
type decoder struct {
	format format.Decoder
	record batch.Batch // the columns of dst that are the record's
	cols   []int       // their places
	meta   []metaColumn
}

type metaColumn struct {
	col  int
	kind string
}

// decoder makes the decoder of the table.
func (s *source) decoder() (*decoder, error) {
	d := &decoder{}
	cfg := formatConfig(s.s, s.t)
	cfg.Fields = nil
	for i, f := range s.t.Fields {
		key := ""
		if i < len(s.t.Metadata) {
			key = s.t.Metadata[i]
		}
		switch key {
		case "":
			d.cols = append(d.cols, i)
			cfg.Fields = append(cfg.Fields, f)
		case "timestamp", "shard-id", "sequence-number":
			d.meta = append(d.meta, metaColumn{i, key})
			if key == "timestamp" != f.Type.IsTimestamp() {
				return nil, errs.New(errs.Invalid, "metadata.type", "metadata '%s' cannot be a %s", key, f.Type)
			}
		default:
			return nil, errs.New(errs.Invalid, "metadata.unknown", "Invalid metadata key '%s' in column '%s'. The kinesis connector has 'timestamp', 'shard-id' and 'sequence-number'.", key, f.Name)
		}
	}
	if s.s.format.NewDecoder == nil {
		return nil, errs.New(errs.Invalid, "format.read", "format '%s' can only be written", s.s.format.Name)
	}
	dec, err := s.s.format.NewDecoder(cfg)
	d.format = dec
	d.record.Cols = make([]*batch.Vec, len(d.cols))
	return d, err
}

// decode appends the rows of one record.
func (d *decoder) decode(rec *record, shard string, dst *batch.Batch) error {
	if len(d.meta) == 0 {
		return d.format.Decode(rec.data, dst)
	}
	for k, c := range d.cols {
		d.record.Cols[k] = dst.Cols[c]
	}
	d.record.N = dst.N
	if err := d.format.Decode(rec.data, &d.record); err != nil {
		return err
	}
	for range d.record.N - dst.N {
		for _, m := range d.meta {
			v := dst.Cols[m.col]
			switch m.kind {
			case "shard-id":
				v.AppendString(shard)
			case "sequence-number":
				v.AppendBytes(rec.sequence)
			default:
				v.AppendI64(rec.arrival * v.Type.UnitsPerMilli())
			}
		}
	}
	dst.N = d.record.N
	return nil
}
