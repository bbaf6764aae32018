package glue

import (
	"errors"
	"hash/fnv"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/svc/glue/expr"
	"weir/internal/aws/wire"
)

func partitionKey(region, db, table string, values []string) []string {
	return append([]string{region, db, table}, values...)
}

// errorDetail is the part of a batch an error of AWS's becomes; other errors
// fail the whole call.
func errorDetail(err error) (*api.ErrorDetail, error) {
	var e *wire.Error
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &e):
		return &api.ErrorDetail{ErrorCode: new(e.Code), ErrorMessage: new(e.Message)}, nil
	}
	return nil, err
}

// checkValues refuses values that do not match the table's keys in number.
func checkValues(t tableRec, values []string) error {
	if len(values) != len(t.Table.PartitionKeys) {
		return invalid("The number of partition keys do not match the number of partition values")
	}
	return nil
}

func newPartition(c *wire.Call, t tableRec, in *api.PartitionInput) api.Partition {
	return api.Partition{
		Values: in.Values, DatabaseName: t.Table.DatabaseName, TableName: new(t.Table.Name), CreationTime: new(c.Now),
		LastAccessTime: in.LastAccessTime, StorageDescriptor: in.StorageDescriptor, Parameters: in.Parameters,
		LastAnalyzedTime: in.LastAnalyzedTime, CatalogId: new(c.Account),
	}
}

// addPartition creates one partition of a table; callers hold mu.
func (s *Service) addPartition(c *wire.Call, t tableRec, in *api.PartitionInput) error {
	if err := checkValues(t, in.Values); err != nil {
		return err
	}
	key := partitionKey(c.Region, deref(t.Table.DatabaseName), t.Table.Name, in.Values)
	if _, ok, err := s.partitions.Get(key...); err != nil {
		return err
	} else if ok {
		return exists("Partition already exists.")
	}
	return s.partitions.Put(newPartition(c, t, in), key...)
}

func (s *Service) createPartition(c *wire.Call, in *api.CreatePartitionRequest) (*api.CreatePartitionResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.table(c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	return &api.CreatePartitionResponse{}, s.addPartition(c, t, in.PartitionInput)
}

func (s *Service) batchCreatePartition(c *wire.Call, in *api.BatchCreatePartitionRequest) (*api.BatchCreatePartitionResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.table(c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	out := &api.BatchCreatePartitionResponse{Errors: []api.PartitionError{}}
	for i := range in.PartitionInputList {
		p := &in.PartitionInputList[i]
		detail, err := errorDetail(s.addPartition(c, t, p))
		if err != nil {
			return nil, err
		}
		if detail != nil {
			out.Errors = append(out.Errors, api.PartitionError{PartitionValues: p.Values, ErrorDetail: detail})
		}
	}
	return out, nil
}

func (s *Service) partition(c *wire.Call, db, table string, values []string) (api.Partition, error) {
	t, err := s.table(c, db, table)
	if err != nil {
		return api.Partition{}, err
	}
	p, ok, err := s.partitions.Get(partitionKey(c.Region, lower(db), t.Table.Name, values)...)
	if err == nil && !ok {
		err = notFound("Cannot find partition.")
	}
	return p, err
}

func (s *Service) getPartition(c *wire.Call, in *api.GetPartitionRequest) (*api.GetPartitionResponse, error) {
	p, err := s.partition(c, in.DatabaseName, in.TableName, in.PartitionValues)
	return &api.GetPartitionResponse{Partition: &p}, err
}

func (s *Service) batchGetPartition(c *wire.Call, in *api.BatchGetPartitionRequest) (*api.BatchGetPartitionResponse, error) {
	t, err := s.table(c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	out := &api.BatchGetPartitionResponse{Partitions: []api.Partition{}, UnprocessedKeys: []api.PartitionValueList{}}
	for _, k := range in.PartitionsToGet {
		p, ok, err := s.partitions.Get(partitionKey(c.Region, lower(in.DatabaseName), t.Table.Name, k.Values)...)
		if err != nil {
			return nil, err
		}
		if ok {
			out.Partitions = append(out.Partitions, p)
		}
	}
	return out, nil
}

func (s *Service) getPartitions(c *wire.Call, in *api.GetPartitionsRequest) (*api.GetPartitionsResponse, error) {
	t, err := s.table(c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	keys := make([]expr.Key, len(t.Table.PartitionKeys))
	for i, k := range t.Table.PartitionKeys {
		keys[i] = expr.Key{Name: k.Name, Type: deref(k.Type)}
	}
	match, err := expr.Parse(deref(in.Expression), keys)
	if err != nil {
		return nil, invalid("Unsupported expression '%s': %v", deref(in.Expression), err)
	}
	keep := func(p api.Partition) bool { return match(p.Values) && inSegment(in.Segment, p.Values) }
	db := lower(in.DatabaseName)
	from, err := after(in.NextToken, c.Region, db, t.Table.Name)
	if err != nil {
		return nil, err
	}
	list, next, err := page(s.partitions.Scan([]string{c.Region, db, t.Table.Name}, from), size(in.MaxResults, 1000), keep,
		func(p api.Partition) []string { return partitionKey(c.Region, db, t.Table.Name, p.Values) })
	if list == nil {
		list = []api.Partition{}
	}
	if deref(in.ExcludeColumnSchema) {
		for i := range list {
			if sd := list[i].StorageDescriptor; sd != nil {
				sd.Columns = nil
			}
		}
	}
	return &api.GetPartitionsResponse{Partitions: list, NextToken: next}, err
}

// inSegment deals partitions to the segments of a parallel scan.
func inSegment(seg *api.Segment, values []string) bool {
	if seg == nil || seg.TotalSegments <= 1 {
		return true
	}
	h := fnv.New32a()
	for _, v := range values {
		_, _ = h.Write([]byte(v + "\x00")) // a hash's Write never fails
	}
	return int32(h.Sum32()%uint32(seg.TotalSegments)) == seg.SegmentNumber
}

// change replaces a partition; callers hold mu.
func (s *Service) change(c *wire.Call, db, table string, values []string, in *api.PartitionInput) error {
	t, err := s.table(c, db, table)
	if err != nil {
		return err
	}
	old, err := s.partition(c, db, table, values)
	if err != nil {
		return err
	}
	if len(in.Values) == 0 {
		in.Values = values
	}
	if err := checkValues(t, in.Values); err != nil {
		return err
	}
	p := newPartition(c, t, in)
	p.CreationTime = old.CreationTime
	tx := s.DB.Begin()
	s.partitions.DeleteTx(tx, partitionKey(c.Region, lower(db), t.Table.Name, values)...)
	s.partitions.PutTx(tx, p, partitionKey(c.Region, lower(db), t.Table.Name, p.Values)...)
	return tx.Commit()
}

func (s *Service) updatePartition(c *wire.Call, in *api.UpdatePartitionRequest) (*api.UpdatePartitionResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &api.UpdatePartitionResponse{}, s.change(c, in.DatabaseName, in.TableName, in.PartitionValueList, in.PartitionInput)
}

func (s *Service) batchUpdatePartition(c *wire.Call, in *api.BatchUpdatePartitionRequest) (*api.BatchUpdatePartitionResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &api.BatchUpdatePartitionResponse{Errors: []api.BatchUpdatePartitionFailureEntry{}}
	for _, e := range in.Entries {
		detail, err := errorDetail(s.change(c, in.DatabaseName, in.TableName, e.PartitionValueList, e.PartitionInput))
		if err != nil {
			return nil, err
		}
		if detail != nil {
			out.Errors = append(out.Errors, api.BatchUpdatePartitionFailureEntry{PartitionValueList: e.PartitionValueList, ErrorDetail: detail})
		}
	}
	return out, nil
}

func (s *Service) deletePartition(c *wire.Call, in *api.DeletePartitionRequest) (*api.DeletePartitionResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.partition(c, in.DatabaseName, in.TableName, in.PartitionValues)
	if err != nil {
		return nil, err
	}
	return &api.DeletePartitionResponse{}, s.partitions.Delete(partitionKey(c.Region, lower(in.DatabaseName), lower(in.TableName), p.Values)...)
}

func (s *Service) batchDeletePartition(c *wire.Call, in *api.BatchDeletePartitionRequest) (*api.BatchDeletePartitionResponse, error) {
	out := &api.BatchDeletePartitionResponse{Errors: []api.PartitionError{}}
	for _, k := range in.PartitionsToDelete {
		_, err := s.deletePartition(c, &api.DeletePartitionRequest{DatabaseName: in.DatabaseName, TableName: in.TableName, PartitionValues: k.Values})
		detail, err := errorDetail(err)
		if err != nil {
			return nil, err
		}
		if detail != nil {
			out.Errors = append(out.Errors, api.PartitionError{PartitionValues: k.Values, ErrorDetail: detail})
		}
	}
	return out, nil
}
