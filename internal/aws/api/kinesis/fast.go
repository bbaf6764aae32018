package kinesis

import (
	"weir/internal/aws/wire/shape"
)

// The shapes that come by the thousand read and write themselves, without
// reflection; the tests hold them to what the plans of their types do.

var (
	_ shape.Decodable = (*PutRecordsRequestEntry)(nil)
	_ shape.Encodable = (*PutRecordsResultEntry)(nil)
	_ shape.Encodable = (*Record)(nil)
	_ shape.Encodable = (*GetRecordsOutput)(nil)
)

// DecodeShape implements shape.Decodable.
func (e *PutRecordsRequestEntry) DecodeShape(r shape.Reader, s *shape.State) error {
	if err := r.Struct(); err != nil {
		return err
	}
	var data, partition bool
	for {
		key, ok, err := r.Key()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch string(key) {
		case "Data":
			if !r.Null() {
				data = true
				e.Data, err = r.Blob()
			}
		case "ExplicitHashKey":
			if !r.Null() {
				var k string
				k, err = r.Str()
				e.ExplicitHashKey = &k
			}
		case "PartitionKey":
			if !r.Null() {
				partition = true
				e.PartitionKey, err = r.Str()
			}
		default:
			err = r.Skip()
		}
		if err != nil {
			return err
		}
	}
	if !data {
		s.Missing("Data")
	}
	if !partition {
		s.Missing("PartitionKey")
	}
	return nil
}

// EncodeShape implements shape.Encodable.
func (e *PutRecordsResultEntry) EncodeShape(w shape.Writer) {
	w.Struct()
	optional(w, "SequenceNumber", e.SequenceNumber)
	optional(w, "ShardId", e.ShardId)
	optional(w, "ErrorCode", e.ErrorCode)
	optional(w, "ErrorMessage", e.ErrorMessage)
	w.EndStruct()
}

// EncodeShape implements shape.Encodable.
func (rec *Record) EncodeShape(w shape.Writer) {
	w.Struct()
	w.Field("SequenceNumber")
	w.Str(rec.SequenceNumber)
	if rec.ApproximateArrivalTimestamp != nil {
		w.Field("ApproximateArrivalTimestamp")
		w.Time(*rec.ApproximateArrivalTimestamp, shape.TimeDefault)
	}
	w.Field("Data")
	w.Blob(rec.Data)
	w.Field("PartitionKey")
	w.Str(rec.PartitionKey)
	optional(w, "EncryptionType", rec.EncryptionType)
	w.EndStruct()
}

func optional(w shape.Writer, name string, v *string) {
	if v != nil {
		w.Field(name)
		w.Str(*v)
	}
}

// EncodeShape implements shape.Encodable.
func (out *GetRecordsOutput) EncodeShape(w shape.Writer) {
	if g, ok := w.(interface{ Grow(n int) }); ok {
		g.Grow(out.size())
	}
	w.Struct()
	w.Field("Records")
	w.List(len(out.Records))
	for i := range out.Records {
		w.Elem()
		out.Records[i].EncodeShape(w)
	}
	w.EndList()
	optional(w, "NextShardIterator", out.NextShardIterator)
	if out.MillisBehindLatest != nil {
		w.Field("MillisBehindLatest")
		w.Int(*out.MillisBehindLatest)
	}
	if out.ChildShards != nil {
		w.Field("ChildShards")
		w.List(len(out.ChildShards))
		for i := range out.ChildShards {
			w.Elem()
			out.ChildShards[i].encode(w)
		}
		w.EndList()
	}
	w.EndStruct()
}

// size is about the most bytes the output takes in any protocol.
func (out *GetRecordsOutput) size() int {
	const around, member = 1 << 10, 200 // names, times and sequence number of a record
	n := around
	for i := range out.Records {
		r := &out.Records[i]
		n += member + len(r.PartitionKey) + len(r.Data)*4/3
	}
	return n
}

func (c *ChildShard) encode(w shape.Writer) {
	w.Struct()
	w.Field("ShardId")
	w.Str(c.ShardId)
	w.Field("ParentShards")
	w.List(len(c.ParentShards))
	for _, p := range c.ParentShards {
		w.Elem()
		w.Str(p)
	}
	w.EndList()
	if k := c.HashKeyRange; k != nil {
		w.Field("HashKeyRange")
		w.Struct()
		w.Field("StartingHashKey")
		w.Str(k.StartingHashKey)
		w.Field("EndingHashKey")
		w.Str(k.EndingHashKey)
		w.EndStruct()
	}
	w.EndStruct()
}
