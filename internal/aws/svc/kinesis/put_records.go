package kinesis

import (
	"time"
	"unsafe"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/svc/kinesis/seqno"
	"weir/internal/aws/svc/kinesis/shardlog"
	"weir/internal/aws/wire"
)

// maxPutBytes is the most one PutRecords call may bring, keys included.
const maxPutBytes = 10 << 20

func (s *Service) putRecords(c *wire.Call, in *api.PutRecordsInput) (*api.PutRecordsOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	p := put{s: s, c: c, st: st}
	if err := p.check(in.Records); err != nil {
		return nil, err
	}
	if err := p.store(in.Records); err != nil {
		return nil, err
	}
	return p.answer(), nil
}

func (s *Service) putRecord(c *wire.Call, in *api.PutRecordInput) (*api.PutRecordOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	if err := checkOrdering(c, st, in.SequenceNumberForOrdering, s.Clock.Now()); err != nil {
		return nil, err
	}
	p := put{s: s, c: c, st: st, single: true}
	records := []api.PutRecordsRequestEntry{{Data: in.Data, PartitionKey: in.PartitionKey, ExplicitHashKey: in.ExplicitHashKey}}
	if err := p.check(records); err != nil {
		return nil, err
	}
	if err := p.store(records); err != nil {
		return nil, err
	}
	if p.places[0].run == nil {
		return nil, wire.Errorf(codeThroughput, "%s", p.rateText(p.places[0].shard))
	}
	var buf [64]byte
	return &api.PutRecordOutput{ShardId: p.places[0].shard.id(), SequenceNumber: string(p.number(buf[:0], 0))}, nil
}

// checkOrdering checks a SequenceNumberForOrdering: one that Kinesis gave out,
// not of the future. Records of a shard are in the order of their puts anyway.
func checkOrdering(c *wire.Call, st *stream, number *string, now time.Time) error {
	if number == nil {
		return nil
	}
	if n, err := seqno.Parse(*number); err != nil || n.Version == 0 || n.Time > now.Unix()+1 {
		return wire.Errorf(codeInvalid, "ExclusiveMinimumSequenceNumber %s used in PutRecord on stream %s under account %s is invalid.",
			*number, st.view().Name, c.Account)
	}
	return nil
}

// put is one call that puts records.
type put struct {
	s      *Service
	c      *wire.Call
	st     *stream
	single bool // PutRecord, whose errors have other paths

	places []place // of each record
	runs   []*shardlog.Run
}

// place is where a record went.
type place struct {
	shard *shardMeta
	run   *shardlog.Run // nil when the shard's rate was exceeded
	at    uint64        // in the run
}

// check checks what the model cannot: sizes that depend on the stream.
func (p *put) check(records []api.PutRecordsRequestEntry) error {
	limit, total := int(p.st.view().MaxRecord)<<10, 0
	for i := range records {
		r := &records[i]
		total += len(r.Data) + len(r.PartitionKey)
		if len(r.Data) > limit {
			return p.tooLong(i, limit)
		}
	}
	if total > maxPutBytes+limit || !p.single && total > maxPutBytes {
		return wire.Errorf(codeInvalid, "Records size exceeds %d MB limit", maxPutBytes>>20)
	}
	return nil
}

func (p *put) tooLong(i, limit int) error {
	if p.single {
		return wire.Errorf(codeValidation, "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to %d", limit)
	}
	return wire.Errorf(codeValidation, "1 validation error detected: Value at 'records.%d.member.data' failed to satisfy constraint: Member must have length less than or equal to %d", i+1, limit)
}

// store routes the records and has them written; st.mu keeps a reshard from
// closing their shards meanwhile.
func (p *put) store(records []api.PutRecordsRequestEntry) error {
	p.st.mu.RLock()
	defer p.st.mu.RUnlock()
	m := p.st.view()
	if status := m.status(p.s.Clock.Now()); status != api.StreamStatusActive && status != api.StreamStatusUpdating {
		return notFound(p.c, m.Name)
	}
	if err := p.route(m, records); err != nil {
		return err
	}
	if len(p.runs) == 0 {
		return nil
	}
	return storeError(p.s.log.Append(p.c, p.runs))
}

// route gives every record its place in the run of its shard.
func (p *put) route(m *streamMeta, records []api.PutRecordsRequestEntry) error {
	p.places = make([]place, len(records))
	runs := make([]*shardlog.Run, len(p.st.open))
	sizes := make([]int, len(p.st.open))
	targets := make([]int32, len(records))
	var lastKey string
	var lastHash hashKey
	for i := range records {
		r := &records[i]
		var k hashKey
		switch {
		case r.ExplicitHashKey != nil:
			var ok bool
			if k, ok = parseHashKey(*r.ExplicitHashKey); !ok {
				return wire.Errorf(codeInvalid, "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was %s", *r.ExplicitHashKey)
			}
		case i > 0 && r.PartitionKey == lastKey:
			k = lastHash
		default:
			k = hashOf(bytesOf(r.PartitionKey))
			lastKey, lastHash = r.PartitionKey, k
		}
		t := p.st.route(k)
		targets[i] = int32(t)
		sizes[t] += len(r.Data) + len(r.PartitionKey) + 5
	}
	for i := range records {
		r, t := &records[i], targets[i]
		sh := p.st.open[t]
		p.places[i].shard = sh
		if p.s.Limits && !p.st.gauge(sh.Index).in(p.s.Clock.Now(), len(r.Data)+len(r.PartitionKey)) {
			continue
		}
		if runs[t] == nil {
			log, err := p.s.log.Shard(m.logID(sh))
			if err != nil {
				return err
			}
			runs[t] = shardlog.NewRun(log, sizes[t])
			p.runs = append(p.runs, runs[t])
		}
		p.places[i].run, p.places[i].at = runs[t], runs[t].Add(bytesOf(r.PartitionKey), r.Data)
	}
	return nil
}

// number appends the sequence number of record i.
func (p *put) number(dst []byte, i int) []byte {
	pl := &p.places[i]
	return pl.shard.number(pl.run.Index(pl.at), pl.run.Time).Append(dst)
}

func (p *put) rateText(sh *shardMeta) string {
	return "Rate exceeded for shard " + sh.id() + " in stream " + p.st.view().Name + " under account " + p.c.Account + "."
}

// answer is PutRecords's output, made with a handful of allocations.
func (p *put) answer() *api.PutRecordsOutput {
	out := &api.PutRecordsOutput{FailedRecordCount: new(int32(0)), Records: make([]api.PutRecordsResultEntry, len(p.places))}
	names := map[*shardMeta]*string{}
	text := make([]byte, 0, len(p.places)*57)
	ends := make([]int, len(p.places))
	for i := range p.places {
		if p.places[i].run != nil {
			text = p.number(text, i)
		}
		ends[i] = len(text)
	}
	all, numbers, from := string(text), make([]string, len(p.places)), 0
	var last *shardMeta
	var lastName *string
	for i := range p.places {
		sh, e := p.places[i].shard, &out.Records[i]
		if p.places[i].run == nil {
			*out.FailedRecordCount++
			e.ErrorCode, e.ErrorMessage = new(codeThroughput), new(p.rateText(sh))
			continue
		}
		if sh != last {
			if last, lastName = sh, names[sh]; lastName == nil {
				lastName = new(sh.id())
				names[sh] = lastName
			}
		}
		numbers[i] = all[from:ends[i]]
		from = ends[i]
		e.ShardId, e.SequenceNumber = lastName, &numbers[i]
	}
	return out
}

// bytesOf is the bytes of a string, which must not be written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
