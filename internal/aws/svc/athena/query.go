package athena

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"weir/internal/athena/serde"
	"weir/internal/athena/worker"
	glue "weir/internal/aws/api/glue"
	"weir/internal/aws/wire"
)

// awsCatalog is the one data catalog.
const awsCatalog = "AwsDataCatalog"

// planned is a query's tables and views, resolved.
type planned struct {
	run    worker.Run
	tables []*source
	seen   map[worker.Ref]bool
}

// source is a table and its partitions before they are pruned.
type source struct {
	spec  worker.Table
	table glue.Table
	parts []glue.Partition
}

// query runs a SELECT or an EXPLAIN.
func (r *run) query() error {
	began := r.s.Clock.Now()
	p, err := r.prepare()
	if err != nil {
		return err
	}
	id := *r.rec.Exec.QueryExecutionId
	scratch := r.s.FS.PathJoin(r.s.Dir, id)
	if err := r.s.FS.MkdirAll(scratch, 0o700); err != nil {
		return err
	}
	defer func() { _ = r.s.FS.RemoveAll(scratch) }() // what stays is cleared at the next start
	release, err := r.files(p)
	defer release()
	if err != nil {
		return err
	}
	r.plan = r.s.Clock.Now().Sub(began)
	box := worker.Sandbox{Scratch: scratch, MemoryMB: r.s.MemoryMB, Threads: r.s.Threads}
	for _, src := range p.tables {
		p.run.Tables = append(p.run.Tables, src.spec)
		for _, f := range src.spec.Files {
			box.Files = append(box.Files, f.Path)
		}
	}
	p.run.Limit = r.limit
	se, err := worker.Open(r.ctx, r.s.Worker, box)
	if err != nil {
		return err
	}
	res, err := se.Run(p.run)
	if cerr := se.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if !res.Landlocked {
		r.s.warned.Do(func() {
			r.s.Warn("this system has no landlock: Athena's queries are confined by the statement filter only, not by the kernel")
		})
	}
	r.rec.Columns, r.rec.Rows = res.Columns, res.Rows
	r.rec.Exec.Statistics.DataScannedInBytes = new(res.BytesScanned)
	return r.putFile(r.s.FS.PathJoin(scratch, worker.ResultFile))
}

func (r *run) putFile(path string) (err error) {
	f, err := r.s.FS.Open(path)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return r.put(&seeker{f: f, size: info.Size()}, info.Size(), "text/csv")
}

// prepare analyses the query and its views, asks the catalog for its tables and
// prunes their partitions.
func (r *run) prepare() (p *planned, err error) {
	se, err := worker.Open(r.ctx, r.s.Worker, worker.Sandbox{MemoryMB: r.s.MemoryMB, Threads: 1})
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := se.Close(); err == nil {
			err = cerr
		}
	}()
	a, err := se.Analyze(worker.Analyze{SQL: r.stmt.sql, Params: r.stmt.params, Database: r.database()})
	if err != nil {
		return nil, err
	}
	p = &planned{run: worker.Run{Analysis: *a}, seen: map[worker.Ref]bool{}}
	if err := r.resolve(se, p, a.Tables, 0); err != nil {
		return nil, err
	}
	return p, r.prune(se, p)
}

// resolve finds the tables of a query; a view brings those it reads, before it.
func (r *run) resolve(se *worker.Session, p *planned, refs []worker.Ref, depth int) error {
	if depth > 20 {
		return &worker.Failure{Code: "VIEW_IS_RECURSIVE", Msg: "a view reads itself"}
	}
	for _, ref := range refs {
		key := worker.Ref{Database: ref.Database, Name: ref.Name}
		if p.seen[key] {
			continue
		}
		t, err := r.tableOf(ref)
		if err != nil {
			return err
		}
		if deref(t.TableType) == "VIRTUAL_VIEW" {
			if err := r.view(se, p, ref, t, depth); err != nil {
				return err
			}
			p.seen[key] = true
			continue
		}
		p.seen[key] = true
		src, err := r.source(ref, t)
		if err != nil {
			return err
		}
		p.tables = append(p.tables, src)
	}
	return nil
}

// tableOf asks the catalog for a table; that there is none is said in Trino's words.
func (r *run) tableOf(ref worker.Ref) (*glue.Table, error) {
	out, err := r.s.Catalog.Call(r.call, "GetTable", &glue.GetTableRequest{DatabaseName: ref.Database, Name: ref.Name})
	if err == nil {
		return out.(*glue.GetTableResponse).Table, nil
	}
	if !isCode(err, "EntityNotFoundException") {
		return nil, err
	}
	place := ref.Where
	if place != "" {
		place += ": "
	}
	if strings.HasPrefix(err.Error(), "EntityNotFoundException: Database") {
		return nil, &worker.Failure{Code: "SCHEMA_NOT_FOUND", Msg: fmt.Sprintf("%sSchema '%s' does not exist", place, ref.Database)}
	}
	return nil, &worker.Failure{Code: "TABLE_NOT_FOUND", Msg: fmt.Sprintf("%sTable '%s.%s.%s' does not exist", place, strings.ToLower(awsCatalog), ref.Database, ref.Name)}
}

func isCode(err error, code string) bool {
	var w *wire.Error
	return errors.As(err, &w) && w.Code == code
}

// viewText is what Athena keeps of a view, in base64 within a comment.
type viewText struct {
	OriginalSQL string       `json:"originalSql"`
	Catalog     string       `json:"catalog"`
	Schema      string       `json:"schema"`
	Columns     []viewColumn `json:"columns"`
}

type viewColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

const viewHead, viewTail = "/* Presto View: ", " */"

func decodeView(t *glue.Table) (viewText, error) {
	var v viewText
	text := strings.TrimSuffix(strings.TrimPrefix(deref(t.ViewOriginalText), viewHead), viewTail)
	data, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		return v, &worker.Failure{Code: "INVALID_VIEW", Msg: fmt.Sprintf("View '%s.%s' is not one of Athena's: %v", deref(t.DatabaseName), t.Name, err)}
	}
	return v, nil
}

func (r *run) view(se *worker.Session, p *planned, ref worker.Ref, t *glue.Table, depth int) error {
	v, err := decodeView(t)
	if err != nil {
		return err
	}
	a, err := se.Analyze(worker.Analyze{SQL: v.OriginalSQL, Database: v.Schema})
	if err != nil {
		return &worker.Failure{Code: "INVALID_VIEW", Msg: fmt.Sprintf("View '%s.%s': %v", ref.Database, ref.Name, err)}
	}
	if err := r.resolve(se, p, a.Tables, depth+1); err != nil {
		return err
	}
	p.run.Hidden = p.run.Hidden || a.Hidden
	p.run.Views = append(p.run.Views, worker.View{Database: ref.Database, Name: ref.Name, Tree: a.Tree})
	return nil
}

// source is a table with its partitions, as the engine will read it.
func (r *run) source(ref worker.Ref, t *glue.Table) (*source, error) {
	sd := deref(t.StorageDescriptor)
	src := &source{table: *t, spec: worker.Table{Database: ref.Database, Name: ref.Name, Props: t.Parameters, Storage: storage(&sd)}}
	if strings.EqualFold(t.Parameters["table_type"], "ICEBERG") {
		return nil, &worker.Failure{Code: "NOT_SUPPORTED", Msg: fmt.Sprintf("table %s.%s is an Iceberg table, which Weir does not read", ref.Database, ref.Name)}
	}
	if strings.EqualFold(t.Parameters["projection.enabled"], "true") {
		return nil, &worker.Failure{Code: "NOT_SUPPORTED", Msg: fmt.Sprintf("table %s.%s has partition projection, which is not supported; add its partitions to the catalog", ref.Database, ref.Name)}
	}
	if len(src.spec.Storage.Columns) == 0 {
		return nil, &worker.Failure{Code: "HIVE_METASTORE_ERROR", Msg: fmt.Sprintf("table %s.%s has no columns", ref.Database, ref.Name)}
	}
	for _, k := range t.PartitionKeys {
		src.spec.Keys = append(src.spec.Keys, worker.Column{Name: strings.ToLower(k.Name), Type: keyType(deref(k.Type))})
	}
	if len(t.PartitionKeys) == 0 {
		return src, nil
	}
	err := r.partitions(ref.Database, ref.Name, func(part glue.Partition) {
		wp := worker.Partition{Values: part.Values}
		if part.StorageDescriptor != nil && part.StorageDescriptor.SerdeInfo != nil {
			if st := storage(part.StorageDescriptor); st.Library != src.spec.Storage.Library || !sameParams(st.Params, src.spec.Storage.Params) {
				wp.Storage = &st
			}
		}
		src.parts = append(src.parts, part)
		src.spec.Partitions = append(src.spec.Partitions, wp)
	})
	return src, err
}

func keyType(t string) string {
	if t == "" {
		return "string"
	}
	return t
}

func sameParams(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func storage(sd *glue.StorageDescriptor) worker.Storage {
	info := deref(sd.SerdeInfo)
	out := worker.Storage{Library: deref(info.SerializationLibrary), Params: info.Parameters}
	if out.Library == "" {
		out.Library = serde.LazySimple
	}
	for _, c := range sd.Columns {
		out.Columns = append(out.Columns, worker.Column{Name: strings.ToLower(c.Name), Type: keyType(deref(c.Type))})
	}
	return out
}

// partitions walks all partitions of a table, page by page.
func (r *run) partitions(db, table string, each func(glue.Partition)) error {
	req := &glue.GetPartitionsRequest{DatabaseName: db, TableName: table}
	for {
		out, err := r.s.Catalog.Call(r.call, "GetPartitions", req)
		if err != nil {
			return err
		}
		page := out.(*glue.GetPartitionsResponse)
		for _, p := range page.Partitions {
			each(p)
		}
		if page.NextToken == nil {
			return nil
		}
		req.NextToken = page.NextToken
	}
}

// prune keeps the partitions that the query's WHERE clauses do not rule out.
func (r *run) prune(se *worker.Session, p *planned) error {
	ask := worker.Prune{Trees: []json.RawMessage{p.run.Tree}}
	for _, v := range p.run.Views {
		ask.Trees = append(ask.Trees, v.Tree)
	}
	var of []*source
	for _, src := range p.tables {
		if len(src.parts) == 0 {
			continue
		}
		t := worker.PruneTable{Database: src.spec.Database, Name: src.spec.Name, Keys: src.spec.Keys}
		for _, part := range src.parts {
			t.Partitions = append(t.Partitions, part.Values)
		}
		ask.Tables, of = append(ask.Tables, t), append(of, src)
	}
	if len(of) == 0 {
		return nil
	}
	out, err := se.Prune(ask)
	if err != nil {
		return err
	}
	for i, src := range of {
		parts, specs := src.parts, src.spec.Partitions
		src.parts, src.spec.Partitions = nil, nil
		for _, k := range out.Kept[i] {
			src.parts, src.spec.Partitions = append(src.parts, parts[k]), append(src.spec.Partitions, specs[k])
		}
	}
	return nil
}
