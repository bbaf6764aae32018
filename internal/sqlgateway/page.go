package sqlgateway

import (
	"encoding/json"
	"strings"

	"weir/internal/batch"
	"weir/internal/session"
	"weir/internal/types"
)

// page is one answer to a fetch.
type page struct {
	kind  string
	next  int64
	res   *session.Result
	rows  []session.Row // of a query
	cells [][]*string   // of any other statement
}

// columnInfo is a column of a result.
type columnInfo struct {
	Name        string      `json:"name"`
	LogicalType logicalType `json:"logicalType"`
	Comment     *string     `json:"comment"`
}

// row is a row of a result.
type row struct {
	Kind   string            `json:"kind"`
	Fields []json.RawMessage `json:"fields"`
}

// results are the columns and rows of a page.
type results struct {
	Columns   []columnInfo `json:"columns"`
	RowFormat string       `json:"rowFormat"`
	Data      []row        `json:"data"`
}

// resultPage is a page as clients get it (FetchResultsResponseBody).
type resultPage struct {
	ResultType    string  `json:"resultType"`
	IsQueryResult bool    `json:"isQueryResult"`
	JobID         string  `json:"jobID,omitempty"`
	ResultKind    string  `json:"resultKind"`
	Results       results `json:"results"`
	Next          string  `json:"nextResultUri,omitempty"`
}

// json renders a page in a row format; next is the address of the one after.
func (p *page) json(format, next string) (any, error) {
	if p.kind == notReady {
		return object{"resultType": notReady, "nextResultUri": next}, nil
	}
	out := resultPage{ResultType: p.kind, IsQueryResult: p.res.Stream != nil, ResultKind: "SUCCESS_WITH_CONTENT", Next: next,
		Results: results{RowFormat: format, Columns: []columnInfo{}, Data: []row{}}}
	if p.res.Job != nil {
		out.JobID = p.res.Job.ID
	}
	if p.res.IsOK() {
		out.ResultKind = "SUCCESS"
	}
	for _, f := range p.res.Columns {
		out.Results.Columns = append(out.Results.Columns, columnInfo{Name: f.Name, LogicalType: logicalType(f.Type)})
	}
	if out.IsQueryResult && format == "JSON" {
		if err := p.res.Stream.NoJSON(); err != nil {
			return nil, javaError(unsupportedException, "%s", err.Error())
		}
	}
	for i := range p.rows {
		r := &p.rows[i]
		fields := textFields(r.Cells)
		if format == "JSON" {
			for c, v := range r.JSON {
				fields[c] = json.RawMessage(v)
			}
		}
		out.Results.Data = append(out.Results.Data, row{Kind: rowKind(r.Kind), Fields: fields})
	}
	for _, cells := range p.cells {
		fields := textFields(cells)
		if format == "JSON" {
			typed(p.res.Columns, cells, fields)
		}
		out.Results.Data = append(out.Results.Data, row{Kind: "INSERT", Fields: fields})
	}
	return out, nil
}

// textFields are cells as JSON strings.
func textFields(cells []*string) []json.RawMessage {
	fields := make([]json.RawMessage, len(cells))
	for i, c := range cells {
		fields[i] = json.RawMessage("null")
		if c != nil {
			fields[i] = quoted(*c)
		}
	}
	return fields
}

// typed replaces texts by what JSON has for their type: its own words for
// BOOLEAN, the zone for TIMESTAMP_LTZ.
func typed(cols []types.Field, cells []*string, fields []json.RawMessage) {
	for i, c := range cols {
		if cells[i] == nil {
			continue
		}
		switch c.Type.Kind {
		case types.Boolean:
			fields[i] = json.RawMessage(strings.ToLower(*cells[i]))
		case types.TimestampLTZ:
			fields[i] = quoted(*cells[i] + "Z")
		}
	}
}

// rowKind is RowKind.name().
func rowKind(k batch.RowKind) string {
	switch k {
	case batch.UpdateBefore:
		return "UPDATE_BEFORE"
	case batch.UpdateAfter:
		return "UPDATE_AFTER"
	case batch.Delete:
		return "DELETE"
	}
	return "INSERT"
}
