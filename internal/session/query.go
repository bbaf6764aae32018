package session

import (
	"context"
	"errors"
	"io"

	"weir/internal/batch"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/format/json"
	"weir/internal/sql/ast"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Row is a change of a query's result: its values as text, nil for NULL.
type Row struct {
	Kind  batch.RowKind
	Cells []*string
	// Parts has, beside Cells, the values of ARRAY, MAP, MULTISET, ROW and of
	// bytes as JSON, for clients that take them apart; "" for other types. It is
	// nil where there are none.
	Parts []string
	// JSON has the values as Flink's SQL Gateway writes them in JSON; nil
	// unless Config.JSON asks for it.
	JSON []string
}

// Stream has the rows of a query as they come. A reader that stops reading
// holds the job up; Close cancels it.
type Stream struct {
	rows chan []Row
	job  *Job
	rest []Row
	// noJSON is why the rows have no JSON though it was asked for.
	noJSON error
}

// streamQueue is how many batches of rows wait for the reader.
const streamQueue = 4

// Next is the next row; io.EOF after the last one, or what ended the job.
func (s *Stream) Next(ctx context.Context) (Row, error) {
	for len(s.rest) == 0 {
		select {
		case s.rest = <-s.rows:
			continue
		default:
		}
		select {
		case s.rest = <-s.rows:
		case <-s.job.done:
			select {
			case s.rest = <-s.rows:
				continue
			default:
			}
			if s.job.err != nil {
				return Row{}, s.job.err
			}
			return Row{}, io.EOF
		case <-ctx.Done():
			return Row{}, ctx.Err()
		}
	}
	r := s.rest[0]
	s.rest = s.rest[1:]
	return r, nil
}

// Page is the rows that are there, at most limit of them. It waits for the
// first one until ctx is done, and is empty then; io.EOF is the end.
func (s *Stream) Page(ctx context.Context, limit int) ([]Row, error) {
	first, err := s.Next(ctx)
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return nil, nil
		}
		return nil, err
	}
	page := []Row{first}
	for len(page) < limit {
		n := min(limit-len(page), len(s.rest))
		page, s.rest = append(page, s.rest[:n]...), s.rest[n:]
		if len(s.rest) > 0 {
			break
		}
		select {
		case s.rest = <-s.rows:
		default:
			return page, nil
		}
	}
	return page, nil
}

// NoJSON is why rows have no JSON though Config.JSON asks for it: a type that
// JSON has no form for.
func (s *Stream) NoJSON() error { return s.noJSON }

// Close cancels the query and waits for its end.
func (s *Stream) Close() {
	s.job.Cancel()
	<-s.job.done
}

// query starts the job of a query.
func (s *Session) query(ctx context.Context, q ast.Query) (*Result, error) {
	n, err := s.binder().Query(q)
	if err != nil {
		return nil, err
	}
	if n, err = s.optimize(&plan.Collect{Input: n}); err != nil {
		return nil, err
	}
	env, err := s.fnEnv()
	if err != nil {
		return nil, err
	}
	st := &Stream{rows: make(chan []Row, streamQueue)}
	var values *json.Encoder
	if s.cfg.JSON {
		values, st.noJSON = json.NewValues(n.Schema(), env.Zone)
	}
	job, err := s.start(ctx, "collect", []plan.Node{n}, func() op.Operator {
		return &collect{fields: n.Schema(), env: env, rows: st.rows, values: values}
	})
	if err != nil {
		return nil, err
	}
	st.job = job
	return &Result{Columns: n.Schema(), Stream: st, Job: job}, nil
}

// collect is the operator that hands rows to a Stream, as text.
type collect struct {
	op.Stateless
	fields []types.Field
	env    *fn.Env
	rows   chan []Row
	progs  []expr.Program
	parts  []*parts      // by column; nil where the text is all there is
	values *json.Encoder // nil where nobody asked for JSON
}

// Open implements op.Operator.
func (c *collect) Open(ctx *op.Context) error {
	c.Context = ctx
	env := *c.env
	env.Printing = true
	comp := &expr.Compiler{Env: &env}
	for i, f := range c.fields {
		var e plan.Expr = &plan.Col{Index: i, T: f.Type}
		if !f.Type.IsString() {
			e = &plan.Cast{Arg: e, T: types.StringType}
		}
		p, err := comp.Compile(e)
		if err != nil {
			return err
		}
		c.progs = append(c.progs, p)
		if !inParts(f.Type) {
			continue
		}
		if c.parts == nil {
			c.parts = make([]*parts, len(c.fields))
		}
		if c.parts[i], err = newParts(c.env, f.Type); err != nil {
			return err
		}
	}
	return nil
}

// Process implements op.Operator.
func (c *collect) Process(_ int, b *batch.Batch) error {
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	rows := make([]Row, len(sel))
	for k, i := range sel {
		rows[k] = Row{Kind: b.Kind(int(i)), Cells: make([]*string, len(c.progs))}
	}
	for col, p := range c.progs {
		v, err := p.Eval(b, b.Sel)
		if err != nil {
			return err
		}
		for k, i := range sel {
			if !v.IsNull(int(i)) {
				rows[k].Cells[col] = new(string(v.Bytes(int(i))))
			}
		}
	}
	if err := c.addParts(rows, b, sel); err != nil {
		return err
	}
	if err := c.addJSON(rows, b, sel); err != nil {
		return err
	}
	select {
	case c.rows <- rows:
		return nil
	case <-c.Context.Ctx.Done():
		return context.Cause(c.Context.Ctx)
	}
}

// addParts fills in Row.Parts.
func (c *collect) addParts(rows []Row, b *batch.Batch, sel []int32) error {
	for col, p := range c.parts {
		if p == nil {
			continue
		}
		if err := p.load(b.Cols[col]); err != nil {
			return err
		}
		for k, i := range sel {
			if rows[k].Parts == nil {
				rows[k].Parts = make([]string, len(c.parts))
			}
			rows[k].Parts[col] = string(p.append(nil, int(i)))
		}
	}
	return nil
}

// addJSON fills in Row.JSON.
func (c *collect) addJSON(rows []Row, b *batch.Batch, sel []int32) error {
	if c.values == nil {
		return nil
	}
	var buf []byte
	for k, i := range sel {
		rows[k].JSON = make([]string, len(c.fields))
		for col, v := range b.Cols {
			var err error
			if buf, err = c.values.AppendValue(buf[:0], v, int(i)); err != nil {
				return err
			}
			rows[k].JSON[col] = string(buf)
		}
	}
	return nil
}
