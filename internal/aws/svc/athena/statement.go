package athena

import (
	"errors"
	"fmt"
	"strings"

	"weir/internal/athena/ddl"
	"weir/internal/athena/worker"
	glue "weir/internal/aws/api/glue"
	"weir/internal/aws/wire"
)

// output is what a Hive statement answers: columns and lines of text.
type output struct {
	cols  []worker.ResultColumn
	lines []string
}

func textColumns(names ...string) []worker.ResultColumn {
	out := make([]worker.ResultColumn, len(names))
	for i, n := range names {
		out[i] = worker.ResultColumn{Name: n, Type: "string"}
	}
	return out
}

// statement runs a Hive statement and writes its text.
func (r *run) statement() error {
	out, err := r.execute(r.stmt.ddl)
	if err != nil {
		return hiveError(err)
	}
	body := strings.Join(out.lines, "\n")
	if len(out.lines) > 0 {
		body += "\n"
	}
	r.rec.Columns, r.rec.Rows = out.cols, int64(len(out.lines))
	return r.put(strings.NewReader(body), int64(len(body)), "text/plain")
}

// hiveError puts an error of the catalog as Hive does.
func hiveError(err error) error {
	var w *wire.Error
	if !errors.As(err, &w) || strings.HasPrefix(w.Code, "AccessDenied") {
		return err
	}
	return &worker.Failure{Msg: fmt.Sprintf("FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. %s(message:%s)",
		strings.TrimSuffix(w.Code, "Exception")+"Exception", w.Message)}
}

func semantic(code int, format string, args ...any) error {
	return &worker.Failure{Msg: fmt.Sprintf("FAILED: SemanticException [Error %d]: %s", code, fmt.Sprintf(format, args...))}
}

// db is a statement's database: its own or the query's.
func (r *run) db(n ddl.Name) string {
	if n.Database != "" {
		return n.Database
	}
	return r.database()
}

// database is the query's, which may come in backticks: awswrangler sends it so.
func (r *run) database() string {
	return strings.ToLower(strings.Trim(*r.rec.Exec.QueryExecutionContext.Database, "`"))
}

func call[T any](r *run, op string, in any) (*T, error) {
	out, err := r.s.Catalog.Call(r.call, op, in)
	if err != nil {
		return nil, err
	}
	return out.(*T), nil
}

func do(r *run, op string, in any) (output, error) {
	_, err := r.s.Catalog.Call(r.call, op, in)
	return output{}, err
}

// execute is one case a kind of statement.
func (r *run) execute(s *ddl.Statement) (output, error) {
	switch s.Kind {
	case ddl.CreateDatabase:
		_, err := do(r, "CreateDatabase", &glue.CreateDatabaseRequest{DatabaseInput: &glue.DatabaseInput{
			Name: s.Name.Database, Description: optional(s.Comment), LocationUri: optional(s.Location), Parameters: s.Props}})
		return output{}, unless(s.IfExists, err, "AlreadyExistsException")
	case ddl.DropDatabase:
		return output{}, r.dropDatabase(s)
	case ddl.SetDatabaseProps:
		return output{}, r.setDatabaseProps(s)
	case ddl.CreateTable:
		return output{}, r.createTable(s)
	case ddl.CreateView:
		return output{}, r.createView(s)
	case ddl.DropTable, ddl.DropView:
		return output{}, r.dropTable(s)
	case ddl.ShowDatabases:
		return r.showDatabases(s)
	case ddl.ShowTables, ddl.ShowViews:
		return r.showTables(s)
	case ddl.Repair:
		return r.repair(s)
	case ddl.AddPartitions:
		return output{}, r.addPartitions(s)
	case ddl.DropPartitions:
		return output{}, r.dropPartitions(s)
	case ddl.RenamePartition:
		return output{}, r.renamePartition(s)
	case ddl.SetProperties, ddl.SetLocation, ddl.AddColumns, ddl.ReplaceColumns:
		return output{}, r.alterTable(s)
	}
	t, err := r.glueTable(s.Name)
	if err != nil {
		return output{}, err
	}
	return r.show(s, t)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return new(s)
}

// unless forgives an error of a code when the statement says IF [NOT] EXISTS.
func unless(forgive bool, err error, code string) error {
	if forgive && isCode(err, code) {
		return nil
	}
	return err
}

func (r *run) glueTable(n ddl.Name) (*glue.Table, error) {
	out, err := call[glue.GetTableResponse](r, "GetTable", &glue.GetTableRequest{DatabaseName: r.db(n), Name: n.Table})
	if isCode(err, "EntityNotFoundException") {
		return nil, semantic(10001, "Table not found %s.%s", r.db(n), n.Table)
	}
	if err != nil {
		return nil, err
	}
	return out.Table, nil
}

func (r *run) dropDatabase(s *ddl.Statement) error {
	if !s.Cascade {
		out, err := call[glue.GetTablesResponse](r, "GetTables", &glue.GetTablesRequest{DatabaseName: s.Name.Database, MaxResults: new(int32(1))})
		if err == nil && len(out.TableList) > 0 {
			return &worker.Failure{Msg: fmt.Sprintf("FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "+
				"InvalidOperationException(message:Database %s is not empty. One or more tables exist.)", s.Name.Database)}
		}
	}
	_, err := do(r, "DeleteDatabase", &glue.DeleteDatabaseRequest{Name: s.Name.Database})
	if !s.IfExists && isCode(err, "EntityNotFoundException") {
		return semantic(10072, "Database does not exist: %s", s.Name.Database)
	}
	return unless(s.IfExists, err, "EntityNotFoundException")
}

func (r *run) setDatabaseProps(s *ddl.Statement) error {
	out, err := call[glue.GetDatabaseResponse](r, "GetDatabase", &glue.GetDatabaseRequest{Name: s.Name.Database})
	if err != nil {
		return err
	}
	in := glue.DatabaseInput{Name: out.Database.Name, Description: out.Database.Description, LocationUri: out.Database.LocationUri, Parameters: merge(out.Database.Parameters, s.Props)}
	_, err = do(r, "UpdateDatabase", &glue.UpdateDatabaseRequest{Name: s.Name.Database, DatabaseInput: &in})
	return err
}

func merge(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		out[k] = v
	}
	return out
}

func glueColumns(cols []ddl.Column) []glue.Column {
	out := make([]glue.Column, len(cols))
	for i, c := range cols {
		out[i] = glue.Column{Name: c.Name, Type: new(c.Type.String()), Comment: optional(c.Comment)}
	}
	return out
}

func (r *run) createTable(s *ddl.Statement) error {
	names := map[string]bool{}
	for _, c := range append(append([]ddl.Column{}, s.Columns...), s.Keys...) {
		if names[c.Name] {
			return semantic(10036, "Duplicate column name: %s", c.Name)
		}
		names[c.Name] = true
	}
	props := merge(s.Props, map[string]string{"EXTERNAL": "TRUE", "transient_lastDdlTime": fmt.Sprint(r.s.Clock.Now().Unix())})
	if s.Comment != "" {
		props["comment"] = s.Comment
	}
	in := &glue.TableInput{
		Name: s.Name.Table, Owner: new("hadoop"), TableType: new("EXTERNAL_TABLE"), Parameters: props, PartitionKeys: glueColumns(s.Keys), Retention: new(int32(0)),
		StorageDescriptor: &glue.StorageDescriptor{
			Columns: glueColumns(s.Columns), Location: new(s.Location), InputFormat: new(s.Input), OutputFormat: new(s.Output), Compressed: new(false),
			NumberOfBuckets: new(int32(-1)), SerdeInfo: &glue.SerDeInfo{SerializationLibrary: new(s.Serde), Parameters: s.SerdeParams},
			BucketColumns: []string{}, SortColumns: []glue.Order{}, Parameters: map[string]string{}, StoredAsSubDirectories: new(false),
		},
	}
	_, err := do(r, "CreateTable", &glue.CreateTableRequest{DatabaseName: r.db(s.Name), TableInput: in})
	if isCode(err, "EntityNotFoundException") {
		return semantic(10072, "Database does not exist: %s", r.db(s.Name))
	}
	return unless(s.IfExists, err, "AlreadyExistsException")
}

func (r *run) dropTable(s *ddl.Statement) error {
	t, err := r.glueTable(s.Name)
	if err != nil {
		var f *worker.Failure
		if s.IfExists && errors.As(err, &f) {
			return nil
		}
		return err
	}
	if isView := deref(t.TableType) == "VIRTUAL_VIEW"; isView != (s.Kind == ddl.DropView) {
		if isView {
			return &worker.Failure{Msg: "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Cannot drop a view with DROP TABLE"}
		}
		return &worker.Failure{Msg: "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Cannot drop a base table with DROP VIEW"}
	}
	_, err = do(r, "DeleteTable", &glue.DeleteTableRequest{DatabaseName: r.db(s.Name), Name: s.Name.Table})
	return err
}

// input is a table as UpdateTable takes it.
func input(t *glue.Table) *glue.TableInput {
	return &glue.TableInput{
		Name: t.Name, Description: t.Description, Owner: t.Owner, LastAccessTime: t.LastAccessTime, LastAnalyzedTime: t.LastAnalyzedTime,
		Retention: t.Retention, StorageDescriptor: t.StorageDescriptor, PartitionKeys: t.PartitionKeys, ViewOriginalText: t.ViewOriginalText,
		ViewExpandedText: t.ViewExpandedText, TableType: t.TableType, Parameters: t.Parameters,
	}
}

func (r *run) alterTable(s *ddl.Statement) error {
	t, err := r.glueTable(s.Name)
	if err != nil {
		return err
	}
	if s.Kind == ddl.SetLocation && len(s.Partitions) > 0 {
		return r.setPartitionLocation(s, t)
	}
	in := input(t)
	sd := deref(t.StorageDescriptor)
	in.StorageDescriptor = &sd
	switch s.Kind {
	case ddl.SetProperties:
		in.Parameters = merge(t.Parameters, s.Props)
	case ddl.SetLocation:
		sd.Location = new(s.Location)
	case ddl.AddColumns:
		sd.Columns = append(sd.Columns[:len(sd.Columns):len(sd.Columns)], glueColumns(s.Columns)...)
	case ddl.ReplaceColumns:
		sd.Columns = glueColumns(s.Columns)
	}
	_, err = do(r, "UpdateTable", &glue.UpdateTableRequest{DatabaseName: r.db(s.Name), TableInput: in})
	return err
}
