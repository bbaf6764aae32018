package kinesis

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/wire"
)

const (
	defaultRetention = 24     // hours
	defaultMaxRecord = 1024   // KiB
	onDemandShards   = 4      // a new on-demand stream's
	onDemandLimit    = 10_000 // on-demand streams; AWS's default is 50
)

func (s *Service) createStream(c *wire.Call, in *api.CreateStreamInput) (*api.CreateStreamOutput, error) {
	mode := api.StreamModeProvisioned
	if in.StreamModeDetails != nil {
		mode = in.StreamModeDetails.StreamMode
	}
	shards := onDemandShards
	switch {
	case mode == api.StreamModeProvisioned && in.ShardCount == nil:
		return nil, wire.Errorf(codeValidation, "1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null")
	case mode == api.StreamModeOnDemand && in.ShardCount != nil:
		return nil, wire.Errorf(codeInvalid, "ShardCount must not be specified for a stream in %s mode.", mode)
	case in.ShardCount != nil:
		shards = int(*in.ShardCount)
	}
	if err := checkTags(in.Tags, nil, c, in.StreamName); err != nil {
		return nil, err
	}
	s.creating.Lock()
	defer s.creating.Unlock()
	if err := s.roomFor(c, in.StreamName, shards); err != nil {
		return nil, err
	}
	if err := s.writable(); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	m := &streamMeta{
		Region: c.Region, Name: in.StreamName, UID: s.next + 1, Created: now, Retention: defaultRetention,
		Mode: mode, MaxRecord: defaultMaxRecord, Warm: in.WarmThroughputMiBps, Tags: in.Tags,
	}
	if in.MaxRecordSizeInKiB != nil {
		m.MaxRecord = *in.MaxRecordSizeInKiB
	}
	m.StreamID = streamID(c.Account, m.Region, m.UID, m.Created)
	m.divide(shards, now)
	m.begin(api.StreamStatusCreating, now, s.CreateDelay)
	return &api.CreateStreamOutput{}, s.add(m)
}

// roomFor checks that a stream of the name can come into being; callers hold creating.
func (s *Service) roomFor(c *wire.Call, name string, shards int) error {
	if err := s.reap(c.Region, name); err != nil {
		return err
	}
	if s.find(c.Region, name) != nil {
		return wire.Errorf(codeInUse, "Stream %s under account %s already exists.", name, c.Account)
	}
	return s.shardRoom(c, shards)
}

// shardRoom checks that the region may have n more open shards.
func (s *Service) shardRoom(c *wire.Call, n int) error {
	if open := s.openShards(c.Region); open+n > s.ShardLimit {
		return wire.Errorf(codeLimit, "This request would exceed the shard limit for the account %s in %s. Current shard count for the account: %d."+
			" Limit: %d. Number of additional shards that would have resulted from this request: %d."+
			" Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html)"+
			" for current limits and how to request higher limits.", c.Account, c.Region, open, s.ShardLimit, n)
	}
	return nil
}

// divide gives a new stream n shards of equal share.
func (m *streamMeta) divide(n int, now time.Time) {
	share := shareOf(uint64(n))
	for i := range n {
		end := maxHashKey()
		if i < n-1 {
			end = share.times(uint64(i + 1)).prev()
		}
		m.addShard(share.times(uint64(i)), end, now)
	}
}

// add stores a new stream and makes it findable; callers hold creating.
func (s *Service) add(m *streamMeta) error {
	tx := s.DB.Begin()
	s.streams.PutTx(tx, *m, m.Region, m.Name)
	s.uidTable().PutTx(tx, m.UID, "next")
	if err := tx.Commit(); err != nil {
		return err
	}
	st := &stream{}
	st.set(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = m.UID
	s.enter(st)
	return nil
}

func (s *Service) deleteStream(c *wire.Call, in *api.DeleteStreamInput) (*api.DeleteStreamOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	s.creating.Lock()
	defer s.creating.Unlock()
	err = s.change(st, func(m *streamMeta) error {
		m.begin(api.StreamStatusDeleting, s.Clock.Now(), s.DeleteDelay)
		return nil
	})
	if err != nil {
		return nil, err
	}
	m := st.view()
	return &api.DeleteStreamOutput{}, s.reap(m.Region, m.Name)
}

// reap removes a stream whose time as DELETING is over; callers hold creating.
func (s *Service) reap(region, name string) error {
	s.mu.RLock()
	st := s.byKey[streamKey{region, name}]
	s.mu.RUnlock()
	if st == nil {
		return nil
	}
	m := st.view()
	if m.status(s.Clock.Now()) != "" {
		return nil
	}
	// The records first: what is left of a stream the store does not know could
	// never be found again.
	if err := s.log.DropStream(m.UID); err != nil {
		return storeError(err)
	}
	if err := s.streams.Delete(region, name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byKey, streamKey{region, name})
	delete(s.uids, m.UID)
	if i, ok := slices.BinarySearch(s.names[region], name); ok {
		s.names[region] = slices.Delete(s.names[region], i, i+1)
	}
	return nil
}

// streamID is an id in AWS's form, 20 and 3 letters and digits.
func streamID(account, region string, uid uint64, created time.Time) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d/%d", account, region, uid, created.UnixNano()))
	text := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))
	return text[:20] + "-" + text[20:23]
}

// insertSorted adds name to sorted names.
func insertSorted(names []string, name string) []string {
	i, _ := slices.BinarySearch(names, name)
	return slices.Insert(names, i, name)
}
