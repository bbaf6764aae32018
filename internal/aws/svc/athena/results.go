package athena

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"weir/internal/athena/worker"
	api "weir/internal/aws/api/athena"
	"weir/internal/aws/wire"
)

func (s *Service) execution(region, id string) (execRec, error) {
	rec, ok, err := s.execs.Get(region, id)
	if err == nil && !ok {
		err = invalid("INVALID_QUERY_EXECUTION_ID", "QueryExecution %s was not found", id)
	}
	return rec, err
}

func (s *Service) getQueryExecution(c *wire.Call, in *api.GetQueryExecutionInput) (*api.GetQueryExecutionOutput, error) {
	rec, err := s.execution(c.Region, in.QueryExecutionId)
	return &api.GetQueryExecutionOutput{QueryExecution: &rec.Exec}, err
}

func (s *Service) batchGetQueryExecution(c *wire.Call, in *api.BatchGetQueryExecutionInput) (*api.BatchGetQueryExecutionOutput, error) {
	out := &api.BatchGetQueryExecutionOutput{QueryExecutions: []api.QueryExecution{}, UnprocessedQueryExecutionIds: []api.UnprocessedQueryExecutionId{}}
	for _, id := range in.QueryExecutionIds {
		rec, ok, err := s.execs.Get(c.Region, id)
		if err != nil {
			return nil, err
		}
		if !ok {
			out.UnprocessedQueryExecutionIds = append(out.UnprocessedQueryExecutionIds, api.UnprocessedQueryExecutionId{
				QueryExecutionId: new(id), ErrorCode: new("INVALID_QUERY_EXECUTION_ID"), ErrorMessage: new("QueryExecution " + id + " was not found")})
			continue
		}
		out.QueryExecutions = append(out.QueryExecutions, rec.Exec)
	}
	return out, nil
}

func (s *Service) listQueryExecutions(c *wire.Call, in *api.ListQueryExecutionsInput) (*api.ListQueryExecutionsOutput, error) {
	group := deref(in.WorkGroup)
	if group == "" {
		group = primary
	}
	if _, err := s.workGroup(c, group); err != nil {
		return nil, err
	}
	list, next, err := page(s.order, in.NextToken, in.MaxResults, 50, []string{c.Region, group}, func(o orderRec) []string { return o.key(c.Region) })
	out := &api.ListQueryExecutionsOutput{QueryExecutionIds: []string{}, NextToken: next}
	for _, o := range list {
		out.QueryExecutionIds = append(out.QueryExecutionIds, o.ID)
	}
	return out, err
}

func (s *Service) stopQueryExecution(c *wire.Call, in *api.StopQueryExecutionInput) (*api.StopQueryExecutionOutput, error) {
	if _, err := s.execution(c.Region, in.QueryExecutionId); err != nil {
		return nil, err
	}
	s.mu.Lock()
	r := s.running[runKey(c.Region, in.QueryExecutionId)]
	s.mu.Unlock()
	if r != nil {
		r.cancel(errStopped)
		<-r.done // cancelled means: nothing of it goes on
	}
	return &api.StopQueryExecutionOutput{}, nil
}

// finished is an execution whose results can be read.
func (s *Service) finished(region, id string) (execRec, error) {
	rec, err := s.execution(region, id)
	if err != nil {
		return rec, err
	}
	switch state := *rec.Exec.Status.State; state {
	case api.QueryExecutionStateSucceeded:
		return rec, nil
	case api.QueryExecutionStateFailed, api.QueryExecutionStateCancelled:
		return rec, invalid("INVALID_QUERY_EXECUTION_STATE", "Query did not finish successfully. Final query state: %s", state)
	default:
		return rec, invalid("INVALID_QUERY_EXECUTION_STATE", "Query has not yet finished. Current state: %s", state)
	}
}

// chunk is how much of a result is read at once.
const chunk = 1 << 20

// getQueryResults reads the result from S3 with the caller's keys, as Athena
// does; a page's token is the byte where it begins.
func (s *Service) getQueryResults(c *wire.Call, in *api.GetQueryResultsInput) (*api.GetQueryResultsOutput, error) {
	rec, err := s.finished(c.Region, in.QueryExecutionId)
	if err != nil {
		return nil, err
	}
	if deref(in.QueryResultType) == api.QueryResultTypeDataManifest {
		return nil, invalid("INVALID_INPUT", "this query has no data manifest")
	}
	offset := int64(0)
	if in.NextToken != nil {
		at, _, _ := strings.Cut(*in.NextToken, ".")
		if offset, err = strconv.ParseInt(at, 36, 64); err != nil || offset < 0 || offset > rec.Bytes || pageToken(in.QueryExecutionId, offset) != *in.NextToken {
			return nil, invalid("INVALID_INPUT", "NextToken is not valid for this query")
		}
	}
	most := 1000
	if n := deref(in.MaxResults); n > 0 && n < 1000 {
		most = int(n)
	}
	secret, token, _, _, err := s.Keys.Credentials(c, c.Principal.AccessKey)
	if err != nil {
		return nil, err
	}
	r := &reader{s: s, c: c, cred: Credentials{AccessKeyID: c.Principal.AccessKey, SecretAccessKey: secret, SessionToken: token}, rec: rec, at: offset}
	out := &api.GetQueryResultsOutput{UpdateCount: new(int64(0)), ResultSet: &api.ResultSet{Rows: []api.Row{}, ResultSetMetadata: &api.ResultSetMetadata{ColumnInfo: columnInfo(rec.Columns)}}}
	for len(out.ResultSet.Rows) < most {
		row, ok, err := r.row()
		if err != nil {
			return nil, invalid("INVALID_QUERY_EXECUTION_STATE", "Could not read the results at %s: %v", *rec.Exec.ResultConfiguration.OutputLocation, err)
		}
		if !ok {
			return out, nil
		}
		out.ResultSet.Rows = append(out.ResultSet.Rows, api.Row{Data: row})
	}
	if r.at < rec.Bytes {
		out.NextToken = new(pageToken(in.QueryExecutionId, r.at))
	}
	return out, nil
}

func columnInfo(cols []worker.ResultColumn) []api.ColumnInfo {
	out := []api.ColumnInfo{}
	for _, c := range cols {
		out = append(out, api.ColumnInfo{
			CatalogName: new("hive"), SchemaName: new(""), TableName: new(""), Name: c.Name, Label: new(c.Name), Type: c.Type,
			Precision: new(c.Precision), Scale: new(c.Scale), Nullable: new(api.ColumnNullableUnknown), CaseSensitive: new(c.CaseSensitive),
		})
	}
	return out
}

// pageToken names a page by where it begins, and by its query: any other byte
// would be the middle of a row.
func pageToken(query string, at int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", query, at))
	return fmt.Sprintf("%s.%x", strconv.FormatInt(at, 36), sum[:8])
}

// reader walks the rows of a result file from a byte on.
type reader struct {
	s    *Service
	c    *wire.Call
	cred Credentials
	rec  execRec
	at   int64 // of buf's first byte
	buf  []byte
	end  bool
}

// more reads the next part of the file.
func (r *reader) more() error {
	bucket, key := splitPath(*r.rec.Exec.ResultConfiguration.OutputLocation)
	from := r.at + int64(len(r.buf))
	data, size, err := r.s.Objects.Read(r.c, r.cred, bucket, key, from, chunk)
	if err != nil {
		return err
	}
	r.buf = append(r.buf, data...)
	r.end = from+int64(len(data)) >= size || len(data) == 0
	return nil
}

// row is the next row; of a text result a line.
func (r *reader) row() ([]api.Datum, bool, error) {
	for {
		if n := rowEnd(r.buf, r.rec.Header); n >= 0 {
			line := r.buf[:n]
			r.buf, r.at = r.buf[n+1:], r.at+int64(n)+1
			if r.rec.Header {
				return cells(line), true, nil
			}
			return []api.Datum{{VarCharValue: new(string(line))}}, true, nil
		}
		if r.end || r.at+int64(len(r.buf)) >= r.rec.Bytes {
			return nil, false, nil
		}
		if err := r.more(); err != nil {
			return nil, false, err
		}
	}
}

// rowEnd is the newline that ends a row; in CSV those within quotes do not.
func rowEnd(buf []byte, quoting bool) int {
	if !quoting {
		return bytes.IndexByte(buf, '\n')
	}
	quoted := false
	for i, c := range buf {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return i
		}
	}
	return -1
}

// cells reads a row of a result CSV: what stands in no quotes is NULL.
func cells(line []byte) []api.Datum {
	out := []api.Datum{}
	var b strings.Builder
	quoted, given := false, false
	add := func() {
		d := api.Datum{}
		if given {
			d.VarCharValue = new(b.String())
		}
		out = append(out, d)
		b.Reset()
		given = false
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"' && quoted && i+1 < len(line) && line[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			quoted, given = !quoted, true
		case c == ',' && !quoted:
			add()
		default:
			b.WriteByte(c)
		}
	}
	add()
	return out
}

func (s *Service) getQueryRuntimeStatistics(c *wire.Call, in *api.GetQueryRuntimeStatisticsInput) (*api.GetQueryRuntimeStatisticsOutput, error) {
	rec, err := s.execution(c.Region, in.QueryExecutionId)
	if err != nil {
		return nil, err
	}
	st := rec.Exec.Statistics
	return &api.GetQueryRuntimeStatisticsOutput{QueryRuntimeStatistics: &api.QueryRuntimeStatistics{
		Timeline: &api.QueryRuntimeStatisticsTimeline{
			QueryQueueTimeInMillis: st.QueryQueueTimeInMillis, ServicePreProcessingTimeInMillis: st.ServicePreProcessingTimeInMillis,
			QueryPlanningTimeInMillis: st.QueryPlanningTimeInMillis, EngineExecutionTimeInMillis: st.EngineExecutionTimeInMillis,
			ServiceProcessingTimeInMillis: st.ServiceProcessingTimeInMillis, TotalExecutionTimeInMillis: st.TotalExecutionTimeInMillis,
		},
		Rows: &api.QueryRuntimeStatisticsRows{InputBytes: st.DataScannedInBytes, OutputBytes: new(rec.Bytes), OutputRows: new(rec.Rows)},
	}}, nil
}
