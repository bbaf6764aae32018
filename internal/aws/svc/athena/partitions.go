package athena

import (
	"fmt"
	"net/url"
	"sort"
	"strings"

	"weir/internal/athena/ddl"
	"weir/internal/athena/worker"
	glue "weir/internal/aws/api/glue"
)

// values orders a specification by the table's keys.
func values(t *glue.Table, spec []ddl.Value) ([]string, error) {
	out := make([]string, len(t.PartitionKeys))
	given := map[string]string{}
	for _, v := range spec {
		given[v.Key] = v.Value
	}
	for i, k := range t.PartitionKeys {
		v, ok := given[strings.ToLower(k.Name)]
		if !ok {
			return nil, semantic(10006, "Partition not found: the specification lacks the key %s", k.Name)
		}
		out[i] = v
		delete(given, strings.ToLower(k.Name))
	}
	for k := range given {
		return nil, semantic(10098, "Non-Partition column appears in the partition specification:  %s", k)
	}
	return out, nil
}

// partitionInput is a partition whose storage is the table's, elsewhere.
func partitionInput(t *glue.Table, vals []string, location string) glue.PartitionInput {
	sd := deref(t.StorageDescriptor)
	if location == "" {
		location = strings.TrimSuffix(deref(sd.Location), "/")
		for i, v := range vals {
			location += "/" + t.PartitionKeys[i].Name + "=" + url.PathEscape(v)
		}
		location += "/"
	}
	sd.Location = new(location)
	return glue.PartitionInput{Values: vals, StorageDescriptor: &sd, Parameters: map[string]string{}}
}

func (r *run) addPartitions(s *ddl.Statement) error {
	t, err := r.glueTable(s.Name)
	if err != nil {
		return err
	}
	var inputs []glue.PartitionInput
	for _, p := range s.Partitions {
		vals, err := values(t, p.Spec)
		if err != nil {
			return err
		}
		inputs = append(inputs, partitionInput(t, vals, p.Location))
	}
	errs, err := r.batchCreate(r.db(s.Name), t.Name, inputs)
	if err != nil {
		return err
	}
	for _, e := range errs {
		if s.IfExists && deref(e.ErrorDetail.ErrorCode) == "AlreadyExistsException" {
			continue
		}
		return &worker.Failure{Msg: fmt.Sprintf("FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. %s(message:%s)",
			deref(e.ErrorDetail.ErrorCode), deref(e.ErrorDetail.ErrorMessage))}
	}
	return nil
}

// batchCreate adds partitions, a hundred a call.
func (r *run) batchCreate(db, table string, inputs []glue.PartitionInput) ([]glue.PartitionError, error) {
	var errs []glue.PartitionError
	for len(inputs) > 0 {
		n := min(len(inputs), 100)
		out, err := call[glue.BatchCreatePartitionResponse](r, "BatchCreatePartition",
			&glue.BatchCreatePartitionRequest{DatabaseName: db, TableName: table, PartitionInputList: inputs[:n]})
		if err != nil {
			return nil, err
		}
		errs = append(errs, out.Errors...)
		inputs = inputs[n:]
	}
	return errs, nil
}

func (r *run) dropPartitions(s *ddl.Statement) error {
	t, err := r.glueTable(s.Name)
	if err != nil {
		return err
	}
	for _, p := range s.Partitions {
		vals, err := values(t, p.Spec)
		if err != nil {
			return err
		}
		_, err = do(r, "DeletePartition", &glue.DeletePartitionRequest{DatabaseName: r.db(s.Name), TableName: t.Name, PartitionValues: vals})
		if !s.IfExists && isCode(err, "EntityNotFoundException") {
			return semantic(10006, "Partition not found %s", name(t, vals))
		}
		if err := unless(s.IfExists, err, "EntityNotFoundException"); err != nil {
			return err
		}
	}
	return nil
}

// name is k=v/k=v.
func name(t *glue.Table, vals []string) string {
	parts := make([]string, len(vals))
	for i, v := range vals {
		parts[i] = t.PartitionKeys[i].Name + "=" + v
	}
	return strings.Join(parts, "/")
}

// changePartition updates one partition of the catalog.
func (r *run) changePartition(s *ddl.Statement, t *glue.Table, spec []ddl.Value, change func(*glue.PartitionInput) error) error {
	vals, err := values(t, spec)
	if err != nil {
		return err
	}
	out, err := call[glue.GetPartitionResponse](r, "GetPartition", &glue.GetPartitionRequest{DatabaseName: r.db(s.Name), TableName: t.Name, PartitionValues: vals})
	if isCode(err, "EntityNotFoundException") {
		return semantic(10006, "Partition not found %s", name(t, vals))
	}
	if err != nil {
		return err
	}
	in := glue.PartitionInput{Values: vals, StorageDescriptor: out.Partition.StorageDescriptor, Parameters: out.Partition.Parameters}
	if err := change(&in); err != nil {
		return err
	}
	_, err = do(r, "UpdatePartition", &glue.UpdatePartitionRequest{DatabaseName: r.db(s.Name), TableName: t.Name, PartitionValueList: vals, PartitionInput: &in})
	return err
}

func (r *run) renamePartition(s *ddl.Statement) error {
	t, err := r.glueTable(s.Name)
	if err != nil {
		return err
	}
	return r.changePartition(s, t, s.Partitions[0].Spec, func(in *glue.PartitionInput) error {
		in.Values, err = values(t, s.Partitions[1].Spec)
		return err
	})
}

func (r *run) setPartitionLocation(s *ddl.Statement, t *glue.Table) error {
	return r.changePartition(s, t, s.Partitions[0].Spec, func(in *glue.PartitionInput) error {
		sd := deref(in.StorageDescriptor)
		sd.Location = new(s.Location)
		in.StorageDescriptor = &sd
		return nil
	})
}

// repair adds the partitions whose folders are there and the catalog lacks.
func (r *run) repair(s *ddl.Statement) (output, error) {
	t, err := r.glueTable(s.Name)
	if err != nil {
		return output{}, err
	}
	if t.TableType == nil {
		return output{}, &worker.Failure{Msg: "FAILED: NullPointerException Name is null"}
	}
	if len(t.PartitionKeys) == 0 {
		return output{}, nil
	}
	have := map[string]bool{}
	if err := r.partitions(r.db(s.Name), t.Name, func(p glue.Partition) { have[strings.Join(p.Values, "\x00")] = true }); err != nil {
		return output{}, err
	}
	bucket, prefix := splitPath(deref(deref(t.StorageDescriptor).Location))
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	found := map[string]string{} // folder below the table -> values
	err = r.s.Objects.List(r.ctx, r.cred, bucket, prefix, func(o Object) error {
		if dir, vals, ok := folder(t, o.Key[len(prefix):]); ok && !have[vals] {
			found[dir] = vals
		}
		return nil
	})
	if err != nil {
		return output{}, &worker.Failure{Msg: fmt.Sprintf("FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Failed to list %s: %v",
			deref(t.StorageDescriptor.Location), err)}
	}
	if len(found) == 0 {
		return output{}, nil
	}
	return r.addFolders(r.db(s.Name), t, found, "s3://"+bucket+"/"+prefix)
}

func (r *run) addFolders(db string, t *glue.Table, found map[string]string, root string) (output, error) {
	var dirs []string
	for d := range found {
		dirs = append(dirs, d)
	}
	sort.Strings(dirs)
	var inputs []glue.PartitionInput
	missing, lines := "Partitions not in metastore:", []string{}
	for _, d := range dirs {
		inputs = append(inputs, partitionInput(t, strings.Split(found[d], "\x00"), root+d))
		label := t.Name + ":" + strings.TrimSuffix(d, "/")
		missing += "\t" + label
		lines = append(lines, "Repair: Added partition to metastore "+label)
	}
	errs, err := r.batchCreate(db, t.Name, inputs)
	if err != nil {
		return output{}, err
	}
	for _, e := range errs {
		if deref(e.ErrorDetail.ErrorCode) != "AlreadyExistsException" {
			return output{}, &worker.Failure{Msg: "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. " + deref(e.ErrorDetail.ErrorMessage)}
		}
	}
	return output{lines: append([]string{missing}, lines...)}, nil
}

// folder is the partition folder of a key below the table: one k=v a key of the
// table, in order; names with _ or a dot in front are none.
func folder(t *glue.Table, rel string) (dir, vals string, ok bool) {
	parts := strings.Split(rel, "/")
	if len(parts) <= len(t.PartitionKeys) {
		return "", "", false
	}
	var vs []string
	for i, k := range t.PartitionKeys {
		key, v, ok := strings.Cut(parts[i], "=")
		if !ok || !strings.EqualFold(key, k.Name) || strings.HasPrefix(key, "_") || strings.HasPrefix(key, ".") {
			return "", "", false
		}
		if plain, err := url.PathUnescape(v); err == nil {
			v = plain
		}
		vs = append(vs, v)
	}
	return strings.Join(parts[:len(t.PartitionKeys)], "/") + "/", strings.Join(vs, "\x00"), true
}
