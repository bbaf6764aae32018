package athena

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"weir/internal/athena/ddl"
	"weir/internal/athena/dialect"
	"weir/internal/athena/lex"
	"weir/internal/athena/worker"
	api "weir/internal/aws/api/athena"
	"weir/internal/aws/wire"
)

const noOutput = "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input."

// execRec is a query execution and what its results need.
type execRec struct {
	Exec    api.QueryExecution
	Region  string
	Columns []worker.ResultColumn
	Header  bool // the file's first row is the columns' names
	Rows    int64
	Bytes   int64 // of the result
}

// orderRec lists executions of a work group, the newest first.
type orderRec struct {
	ID    string
	Group string
	At    time.Time
}

func (o orderRec) key(region string) []string {
	return []string{region, o.Group, fmt.Sprintf("%020d", 1<<62-o.At.UnixNano()), o.ID}
}

// tokenRec remembers a ClientRequestToken.
type tokenRec struct{ ID, Query string }

// parsed is a statement that StartQueryExecution has accepted.
type parsed struct {
	sql    string
	params []string
	ddl    *ddl.Statement // nil: a query
	kind   string         // StatementType
	sub    string         // SubstatementType
}

// parse accepts a statement or refuses it as Athena does at once: what it
// cannot even begin to read.
func (s *Service) parse(region, group, sql string, params []string) (parsed, error) {
	toks, err := lex.HiveTokens(sql)
	if err != nil {
		toks, err = lex.Tokens(sql)
	}
	if err != nil {
		offset := 0
		var le *lex.Error
		if errors.As(err, &le) {
			offset = le.Offset
		}
		return parsed{}, invalid("MALFORMED_QUERY", "%s: %v", lex.Position(sql, offset), err)
	}
	if toks[0].Is("execute") {
		if sql, params, err = s.execute(region, group, sql, toks, params); err != nil {
			return parsed{}, err
		}
		return s.parse(region, group, sql, params)
	}
	class, what := dialect.Classify(toks)
	switch class {
	case dialect.Query:
		return parsed{sql: sql, params: params, kind: api.StatementTypeDml, sub: "SELECT"}, nil
	case dialect.Explain:
		return parsed{sql: sql, params: params, kind: api.StatementTypeUtility, sub: "EXPLAIN"}, nil
	case dialect.DDL:
		st, err := ddl.Parse(sql)
		if err != nil {
			return parsed{}, invalid("MALFORMED_QUERY", "%v", err)
		}
		kind := api.StatementTypeDdl
		if strings.HasPrefix(string(st.Kind), "SHOW") || strings.HasPrefix(string(st.Kind), "DESCRIBE") {
			kind = api.StatementTypeUtility
		}
		return parsed{sql: sql, ddl: st, kind: kind, sub: string(st.Kind)}, nil
	case dialect.Unsupported:
		return parsed{}, invalid("NOT_SUPPORTED", "Queries of this type are not supported: %s. Weir's Athena runs SELECT, EXPLAIN, EXECUTE and Hive's CREATE, DROP, ALTER, SHOW, DESCRIBE and MSCK", what)
	}
	return parsed{}, invalid("MALFORMED_QUERY", "%s: mismatched input '%s'. Expecting: 'ALTER', 'CREATE', 'DESCRIBE', 'DROP', 'EXPLAIN', 'MSCK', 'SELECT', 'SHOW', 'VALUES', 'WITH', <query>",
		lex.Position(sql, toks[0].Offset), cmp.Or(toks[0].Text, "<EOF>"))
}

// execute puts a prepared statement in the place of EXECUTE name [USING a, b].
func (s *Service) execute(region, group, sql string, toks []lex.Token, params []string) (string, []string, error) {
	if len(toks) < 3 {
		return "", nil, invalid("MALFORMED_QUERY", "line 1:8: mismatched input '<EOF>'. Expecting: <identifier>")
	}
	st, ok, err := s.prepared.Get(region, group, toks[1].Value)
	if err != nil {
		return "", nil, err
	}
	if !ok {
		return "", nil, invalid("INVALID_PREPARED_STATEMENT", "PreparedStatement %s was not found in workGroup %s", toks[1].Value, group)
	}
	rest := toks[2:]
	switch {
	case rest[0].Kind == lex.EOF:
	case rest[0].Is("using"):
		start, depth := rest[1].Offset, 0
		for _, t := range rest[1:] {
			switch {
			case t.Is("("):
				depth++
			case t.Is(")"):
				depth--
			case depth == 0 && (t.Is(",") || t.Is(";") || t.Kind == lex.EOF):
				if text := strings.TrimSpace(sql[start:t.Offset]); text != "" {
					params = append(params, text)
				}
				start = t.End()
			}
		}
	default:
		return "", nil, invalid("MALFORMED_QUERY", "%s: mismatched input '%s'. Expecting: 'USING', <EOF>", lex.Position(sql, rest[0].Offset), rest[0].Text)
	}
	return deref(st.QueryStatement), params, nil
}

func (s *Service) startQueryExecution(c *wire.Call, in *api.StartQueryExecutionInput) (*api.StartQueryExecutionOutput, error) {
	groupName := deref(in.WorkGroup)
	if groupName == "" {
		groupName = primary
	}
	group, err := s.workGroup(c, groupName)
	if err != nil {
		return nil, err
	}
	if deref(group.State) == api.WorkGroupStateDisabled {
		return nil, invalid("INVALID_WORKGROUP_STATE", "WorkGroup %s is disabled", groupName)
	}
	if cat := deref(deref(in.QueryExecutionContext).Catalog); cat != "" && !strings.EqualFold(cat, awsCatalog) {
		return nil, invalid("INVALID_INPUT", "Catalog %s is not supported; %s is the only one", cat, awsCatalog)
	}
	p, err := s.parse(c.Region, groupName, in.QueryString, slices.Clone(in.ExecutionParameters))
	if err != nil {
		return nil, err
	}
	output, err := outputOf(group, in.ResultConfiguration)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	token := deref(in.ClientRequestToken)
	if token != "" {
		t, ok, err := s.tokens.Get(c.Region, token)
		if err != nil {
			return nil, err
		}
		if ok && t.Query != in.QueryString {
			return nil, invalid("IDEMPOTENT_PARAMETER_MISMATCH", "Idempotent parameters do not match")
		}
		if ok {
			return &api.StartQueryExecutionOutput{QueryExecutionId: new(t.ID)}, nil
		}
	}
	return s.accept(c, in, p, groupName, group, output, token)
}

// accept writes a QUEUED execution and sets it going; callers hold mu.
func (s *Service) accept(c *wire.Call, in *api.StartQueryExecutionInput, p parsed, groupName string, group api.WorkGroup, output, token string) (*api.StartQueryExecutionOutput, error) {
	id, err := newID(s.Rand)
	if err != nil {
		return nil, err
	}
	ext := ".csv"
	if p.ddl != nil {
		ext = ".txt"
	}
	qc := &api.QueryExecutionContext{Database: new("default")}
	if in.QueryExecutionContext != nil {
		qc = in.QueryExecutionContext
		if deref(qc.Database) == "" {
			qc.Database = new("default")
		}
	}
	rc := api.ResultConfiguration{}
	if in.ResultConfiguration != nil {
		rc = *in.ResultConfiguration
	}
	rc.OutputLocation = new(output + id + ext)
	rec := execRec{Region: c.Region, Header: p.ddl == nil, Exec: api.QueryExecution{
		QueryExecutionId: new(id), Query: new(in.QueryString), StatementType: new(p.kind), SubstatementType: new(p.sub),
		ResultConfiguration: &rc, QueryExecutionContext: qc, WorkGroup: new(groupName), EngineVersion: engineVersion(),
		ExecutionParameters: in.ExecutionParameters, Statistics: &api.QueryExecutionStatistics{},
		ResultReuseConfiguration: &api.ResultReuseConfiguration{ResultReuseByAgeConfiguration: &api.ResultReuseByAgeConfiguration{}},
		Status:                   &api.QueryExecutionStatus{State: new(api.QueryExecutionStateQueued), SubmissionDateTime: new(c.Now)},
	}}
	tx := s.DB.Begin()
	s.execs.PutTx(tx, rec, c.Region, id)
	o := orderRec{ID: id, Group: groupName, At: c.Now}
	s.order.PutTx(tx, o, o.key(c.Region)...)
	if token != "" {
		s.tokens.PutTx(tx, tokenRec{id, in.QueryString}, c.Region, token)
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	s.launch(c, rec, p, deref(deref(group.Configuration).BytesScannedCutoffPerQuery))
	return &api.StartQueryExecutionOutput{QueryExecutionId: new(id)}, nil
}

// outputOf is where results go: the work group's place when it is enforced, else
// the caller's, else the work group's. It ends with a slash.
func outputOf(group api.WorkGroup, given *api.ResultConfiguration) (string, error) {
	conf := deref(group.Configuration)
	own, asked := deref(deref(conf.ResultConfiguration).OutputLocation), deref(deref(given).OutputLocation)
	out := asked
	if own != "" && (out == "" || deref(conf.EnforceWorkGroupConfiguration)) {
		out = own
	}
	if out == "" {
		return "", invalid("INVALID_INPUT", noOutput)
	}
	if rest, ok := strings.CutPrefix(out, "s3://"); !ok || rest == "" || strings.HasPrefix(rest, "/") {
		return "", invalid("INVALID_INPUT", "outputLocation is not a valid S3 path.")
	}
	if !strings.HasSuffix(out, "/") {
		out += "/"
	}
	return out, nil
}

func engineVersion() *api.EngineVersion {
	return &api.EngineVersion{SelectedEngineVersion: new("AUTO"), EffectiveEngineVersion: new("Athena engine version 3")}
}
