package athena

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"weir/internal/athena/ddl"
	"weir/internal/athena/hive"
	"weir/internal/athena/serde"
	"weir/internal/athena/worker"
	glue "weir/internal/aws/api/glue"
)

// like matches Hive's patterns: * is anything, | separates choices.
func like(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	for choice := range strings.SplitSeq(strings.ToLower(pattern), "|") {
		if ok, err := path.Match(strings.ReplaceAll(choice, ".*", "*"), name); err == nil && ok {
			return true
		}
	}
	return false
}

func (r *run) showDatabases(s *ddl.Statement) (output, error) {
	out := output{cols: textColumns("database_name")}
	req := &glue.GetDatabasesRequest{}
	for {
		page, err := call[glue.GetDatabasesResponse](r, "GetDatabases", req)
		if err != nil {
			return out, err
		}
		for _, d := range page.DatabaseList {
			if like(s.Pattern, d.Name) {
				out.lines = append(out.lines, d.Name)
			}
		}
		if page.NextToken == nil {
			return out, nil
		}
		req.NextToken = page.NextToken
	}
}

func (r *run) showTables(s *ddl.Statement) (output, error) {
	out := output{cols: textColumns("tab_name")}
	if s.Kind == ddl.ShowViews {
		out.cols = textColumns("views")
	}
	req := &glue.GetTablesRequest{DatabaseName: r.db(s.Name)}
	for {
		page, err := call[glue.GetTablesResponse](r, "GetTables", req)
		if isCode(err, "EntityNotFoundException") {
			return out, semantic(10072, "Database does not exist: %s", r.db(s.Name))
		}
		if err != nil {
			return out, err
		}
		for _, t := range page.TableList {
			if like(s.Pattern, t.Name) && (s.Kind == ddl.ShowTables || deref(t.TableType) == "VIRTUAL_VIEW") {
				out.lines = append(out.lines, t.Name)
			}
		}
		if page.NextToken == nil {
			return out, nil
		}
		req.NextToken = page.NextToken
	}
}

// show answers the statements that look at one table.
func (r *run) show(s *ddl.Statement, t *glue.Table) (output, error) {
	sd := deref(t.StorageDescriptor)
	switch s.Kind {
	case ddl.ShowColumns:
		out := output{cols: textColumns("field")}
		for _, c := range append(slices.Clone(sd.Columns), t.PartitionKeys...) {
			out.lines = append(out.lines, pad(c.Name))
		}
		return out, nil
	case ddl.ShowPartitions:
		if len(t.PartitionKeys) == 0 {
			return output{}, semantic(10111, "Table %s is not a partitioned table", t.Name)
		}
		out := output{cols: textColumns("partition")}
		err := r.partitions(r.db(s.Name), t.Name, func(p glue.Partition) { out.lines = append(out.lines, name(t, p.Values)) })
		return out, err
	case ddl.ShowProperties:
		return properties(s, t), nil
	case ddl.ShowCreateTable:
		if deref(t.TableType) == "VIRTUAL_VIEW" {
			return output{}, semantic(10001, "%s is a view; use SHOW CREATE VIEW", t.Name)
		}
		return output{cols: textColumns("createtab_stmt"), lines: createText(t)}, nil
	case ddl.ShowCreateView:
		v, err := decodeView(t)
		if err != nil {
			return output{}, err
		}
		lines := strings.Split(v.OriginalSQL, "\n")
		lines[0] = fmt.Sprintf("CREATE VIEW %s.%s AS %s", deref(t.DatabaseName), t.Name, lines[0])
		return output{cols: []worker.ResultColumn{{Name: "Create View", Type: "varchar"}}, lines: lines}, nil
	case ddl.Describe, ddl.DescribeView:
		return describe(s, t), nil
	}
	return output{}, fmt.Errorf("statement %s has no implementation", s.Kind)
}

func properties(s *ddl.Statement, t *glue.Table) output {
	out := output{cols: textColumns("prpt_name", "prpt_value")}
	if s.Property != "" {
		v, ok := t.Parameters[s.Property]
		if !ok {
			v = fmt.Sprintf("Table %s.%s does not have property: %s", deref(t.DatabaseName), t.Name, s.Property)
		}
		out.lines = []string{v}
		return out
	}
	for _, k := range slices.Sorted(maps.Keys(t.Parameters)) {
		out.lines = append(out.lines, k+"\t"+t.Parameters[k])
	}
	return out
}

// pad fills a cell to the twenty characters Hive prints.
func pad(s string) string { return fmt.Sprintf("%-20s", s) }

func describe(s *ddl.Statement, t *glue.Table) output {
	out := output{cols: textColumns("col_name", "data_type", "comment")}
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = pad(cells[i])
		}
		out.lines = append(out.lines, strings.Join(cells, "\t"))
	}
	list := func(cols []glue.Column) {
		for _, c := range cols {
			row(c.Name, deref(c.Type), deref(c.Comment))
		}
	}
	sd := deref(t.StorageDescriptor)
	list(append(slices.Clone(sd.Columns), t.PartitionKeys...))
	if len(t.PartitionKeys) > 0 {
		out.lines = append(out.lines, "\t \t ", "# Partition Information\t \t ")
		row("# col_name", "data_type", "comment")
		out.lines = append(out.lines, "\t \t ")
		list(t.PartitionKeys)
	}
	if !s.Extended {
		return out
	}
	out.lines = append(out.lines, "\t \t ", "# Detailed Table Information\t \t ")
	row("Database:", deref(t.DatabaseName), "")
	row("Owner:", deref(t.Owner), "")
	row("CreateTime:", deref(t.CreateTime).UTC().Format("Mon Jan 02 15:04:05 UTC 2006"), "")
	row("Location:", deref(sd.Location), "")
	row("Table Type:", deref(t.TableType), "")
	out.lines = append(out.lines, "Table Parameters:\t \t ")
	for _, k := range slices.Sorted(maps.Keys(t.Parameters)) {
		out.lines = append(out.lines, "\t"+pad(k)+"\t"+pad(t.Parameters[k]))
	}
	out.lines = append(out.lines, "\t \t ", "# Storage Information\t \t ")
	row("SerDe Library:", deref(deref(sd.SerdeInfo).SerializationLibrary), "")
	row("InputFormat:", deref(sd.InputFormat), "")
	row("OutputFormat:", deref(sd.OutputFormat), "")
	return out
}

func quoteHive(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\t", `\t`, "\n", `\n`, "\x01", `\u0001`).Replace(s) + "'"
}

// createText is SHOW CREATE TABLE, as Hive lays it out.
func createText(t *glue.Table) []string {
	sd := deref(t.StorageDescriptor)
	var b strings.Builder
	columns := func(cols []glue.Column) {
		for i, c := range cols {
			fmt.Fprintf(&b, "  `%s` %s", c.Name, deref(c.Type))
			if c.Comment != nil {
				b.WriteString(" COMMENT " + quoteHive(*c.Comment))
			}
			if i < len(cols)-1 {
				b.WriteString(", \n")
			}
		}
		b.WriteString(")\n")
	}
	fmt.Fprintf(&b, "CREATE EXTERNAL TABLE `%s.%s`(\n", deref(t.DatabaseName), t.Name)
	columns(sd.Columns)
	if c := t.Parameters["comment"]; c != "" {
		b.WriteString("COMMENT " + quoteHive(c) + "\n")
	}
	if len(t.PartitionKeys) > 0 {
		b.WriteString("PARTITIONED BY ( \n")
		columns(t.PartitionKeys)
	}
	info := deref(sd.SerdeInfo)
	if lib := deref(info.SerializationLibrary); lib == serde.LazySimple && info.Parameters["field.delim"] != "" {
		b.WriteString("ROW FORMAT DELIMITED \n  FIELDS TERMINATED BY " + quoteHive(info.Parameters["field.delim"]) + " \n")
		if e := info.Parameters["escape.delim"]; e != "" {
			b.WriteString("  ESCAPED BY " + quoteHive(e) + " \n")
		}
	} else {
		b.WriteString("ROW FORMAT SERDE \n  " + quoteHive(lib) + " \n")
		if len(info.Parameters) > 0 {
			b.WriteString("WITH SERDEPROPERTIES ( \n" + pairs(info.Parameters) + ") \n")
		}
	}
	fmt.Fprintf(&b, "STORED AS INPUTFORMAT \n  %s \nOUTPUTFORMAT \n  %s\nLOCATION\n  %s\n", quoteHive(deref(sd.InputFormat)),
		quoteHive(deref(sd.OutputFormat)), quoteHive(deref(sd.Location)))
	props := maps.Clone(t.Parameters)
	delete(props, "EXTERNAL")
	delete(props, "comment")
	if len(props) > 0 {
		b.WriteString("TBLPROPERTIES (\n" + pairs(props) + ")\n")
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func pairs(m map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, "  "+quoteHive(k)+"="+quoteHive(m[k]))
	}
	return strings.Join(out, ", \n")
}

// createView stores a view as Athena does: the query in base64, its columns in
// the catalog's types. The query is run on no rows to learn them.
func (r *run) createView(s *ddl.Statement) error {
	cols, err := r.columnsOf(s.Query)
	if err != nil {
		return err
	}
	db := r.db(s.Name)
	v := viewText{OriginalSQL: s.Query, Catalog: "awsdatacatalog", Schema: r.database()}
	in := &glue.TableInput{Name: s.Name.Table, Owner: new("hadoop"), TableType: new("VIRTUAL_VIEW"), Retention: new(int32(0)), ViewExpandedText: new("/* Presto View */"),
		Parameters: map[string]string{"presto_view": "true", "comment": "Presto View"}, PartitionKeys: []glue.Column{},
		StorageDescriptor: &glue.StorageDescriptor{Location: new(""), SerdeInfo: &glue.SerDeInfo{}, BucketColumns: []string{}, SortColumns: []glue.Order{},
			Compressed: new(false), NumberOfBuckets: new(int32(0)), StoredAsSubDirectories: new(false)}}
	for _, c := range cols {
		v.Columns = append(v.Columns, viewColumn{c.Name, c.Type})
		in.StorageDescriptor.Columns = append(in.StorageDescriptor.Columns, glue.Column{Name: c.Name, Type: new(hiveType(c))})
	}
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	in.ViewOriginalText = new(viewHead + base64.StdEncoding.EncodeToString(data) + viewTail)
	_, err = do(r, "CreateTable", &glue.CreateTableRequest{DatabaseName: db, TableInput: in})
	if !isCode(err, "AlreadyExistsException") {
		return err
	}
	old, gerr := r.glueTable(s.Name)
	if gerr != nil {
		return errors.Join(err, gerr)
	}
	if !s.Replace || deref(old.TableType) != "VIRTUAL_VIEW" {
		return &worker.Failure{Code: "TABLE_ALREADY_EXISTS", Msg: fmt.Sprintf("line 1:1: View already exists: '%s.%s.%s'", strings.ToLower(awsCatalog), db, s.Name.Table)}
	}
	_, err = do(r, "UpdateTable", &glue.UpdateTableRequest{DatabaseName: db, TableInput: in})
	return err
}

// hiveType is a result's type in the catalog's words.
func hiveType(c worker.ResultColumn) string {
	switch c.Type {
	case "integer":
		return string(hive.Int)
	case "varchar", "json", "time", "uuid", "array", "map", "row", "interval day to second":
		return string(hive.String)
	case "decimal":
		return fmt.Sprintf("decimal(%d,%d)", c.Precision, c.Scale)
	case "varbinary":
		return string(hive.Binary)
	case "timestamp with time zone":
		return string(hive.Timestamp)
	}
	return c.Type
}

// columnsOf runs a query on tables without files, to learn its columns.
func (r *run) columnsOf(query string) (cols []worker.ResultColumn, err error) {
	r.stmt.sql = query
	p, err := r.prepare()
	if err != nil {
		return nil, err
	}
	for _, src := range p.tables {
		p.run.Tables = append(p.run.Tables, src.spec)
	}
	scratch := r.s.FS.PathJoin(r.s.Dir, *r.rec.Exec.QueryExecutionId)
	if err := r.s.FS.MkdirAll(scratch, 0o700); err != nil {
		return nil, err
	}
	defer func() { _ = r.s.FS.RemoveAll(scratch) }() // what stays is cleared at the next start
	se, err := worker.Open(r.ctx, r.s.Worker, worker.Sandbox{Scratch: scratch, MemoryMB: r.s.MemoryMB, Threads: 1})
	if err != nil {
		return nil, err
	}
	res, err := se.Run(p.run)
	if cerr := se.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	return res.Columns, nil
}
