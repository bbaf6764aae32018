// Package worker is what the server and its query children say to each other:
// the requests, the answers and their framing on a pipe.
//
// A child serves one query. It is told its Sandbox first and locks itself in
// before anything else; then it answers one request after another until its
// input ends. Analyze and Prune need no files at all; Run needs the data files
// of the partitions that were left, and writes the result into the scratch
// folder. The server holds the only rights: it lists, reads the catalog and
// decides which files a child may open.
package worker

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// Sandbox is what a child may touch.
type Sandbox struct {
	Files    []string `json:"files,omitempty"`   // read-only
	Scratch  string   `json:"scratch,omitempty"` // read and write; "" = nothing
	MemoryMB int      `json:"memory_mb"`
	Threads  int      `json:"threads"`
}

// Request is one message to a child: exactly one member is set.
type Request struct {
	Sandbox *Sandbox `json:"sandbox,omitempty"`
	Analyze *Analyze `json:"analyze,omitempty"`
	Prune   *Prune   `json:"prune,omitempty"`
	Run     *Run     `json:"run,omitempty"`
}

// Analyze asks what a query reads.
type Analyze struct {
	SQL      string   `json:"sql"`
	Params   []string `json:"params,omitempty"`
	Database string   `json:"database"`
}

// Ref is a table that a query reads.
type Ref struct {
	Database string `json:"database"`
	Name     string `json:"name"`
	Where    string `json:"where"` // "line 1:15"
}

// Analysis answers Analyze. Tree is the query in the form Prune and Run take.
type Analysis struct {
	Tree    json.RawMessage `json:"tree"`
	Source  string          `json:"source"` // the query, parameters put in
	Tables  []Ref           `json:"tables"`
	Hidden  bool            `json:"hidden"`
	Explain bool            `json:"explain"`
}

// Column is a column by the catalog's type name.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Prune asks which partitions a query needs.
type Prune struct {
	Trees  []json.RawMessage `json:"trees"` // the query and the views it reads
	Tables []PruneTable      `json:"tables"`
}

// PruneTable is a partitioned table and its partitions' values.
type PruneTable struct {
	Database   string     `json:"database"`
	Name       string     `json:"name"`
	Keys       []Column   `json:"keys"`
	Partitions [][]string `json:"partitions"`
}

// Pruned answers Prune: by table, the indexes of the partitions needed.
type Pruned struct {
	Kept [][]int `json:"kept"`
}

// File is one data file.
type File struct {
	Path      string `json:"path"`     // on this machine
	Location  string `json:"location"` // s3://bucket/key, for "$path" and the compression
	Size      int64  `json:"size"`
	Partition int    `json:"partition"` // into Table.Partitions; -1: not partitioned
}

// Storage is how rows are kept in files: a partition may differ from its table.
type Storage struct {
	Library string            `json:"library"`
	Params  map[string]string `json:"params,omitempty"`
	Columns []Column          `json:"columns"`
}

// Partition is a partition's values, in the order of the keys.
type Partition struct {
	Values  []string `json:"values"`
	Storage *Storage `json:"storage,omitempty"` // nil: as the table's
}

// Table is a table of Run.
type Table struct {
	Database   string            `json:"database"`
	Name       string            `json:"name"`
	Props      map[string]string `json:"props,omitempty"`
	Storage    Storage           `json:"storage"`
	Keys       []Column          `json:"keys,omitempty"`
	Partitions []Partition       `json:"partitions,omitempty"`
	Files      []File            `json:"files,omitempty"`
}

// View is a view of the catalog: its query, analysed.
type View struct {
	Database string          `json:"database"`
	Name     string          `json:"name"`
	Tree     json.RawMessage `json:"tree"`
}

// Run runs the query and writes its rows, as Athena's CSV, to
// Sandbox.Scratch/result.csv.
type Run struct {
	Analysis
	Tables []Table `json:"run_tables"`
	Views  []View  `json:"views,omitempty"` // each after those it reads
	Limit  int64   `json:"limit,omitempty"` // bytes scanned at most; 0: any number
}

// ResultFile is the name of the result within the scratch folder.
const ResultFile = "result.csv"

// ResultColumn describes a column of a result as GetQueryResults does.
type ResultColumn struct {
	Name          string `json:"name"`
	Type          string `json:"type"`
	Precision     int32  `json:"precision"`
	Scale         int32  `json:"scale"`
	CaseSensitive bool   `json:"case_sensitive"`
}

// Result answers Run.
type Result struct {
	Columns      []ResultColumn `json:"columns"`
	Rows         int64          `json:"rows"`
	BytesScanned int64          `json:"bytes_scanned"`
	Landlocked   bool           `json:"landlocked"` // the kernel held the child to its files
}

// Failure is an error of the query, in Athena's words.
type Failure struct {
	Code string `json:"code"`
	Msg  string `json:"msg"`
}

// Error is "CODE: message".
func (f *Failure) Error() string {
	if f.Code == "" {
		return f.Msg
	}
	return f.Code + ": " + f.Msg
}

type answer struct {
	Failure *Failure        `json:"failure,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"`
}

// Child is a running query child. It is not safe for concurrent use.
type Child interface {
	io.ReadWriter
	// Close ends the child, by force if need be, and frees what it held.
	Close() error
}

// Starter starts children; a child dies when ctx ends. internal/runner/athena
// starts processes; tests may serve in-process.
type Starter interface {
	Start(ctx context.Context) (Child, error)
}

// Session is a child that is locked in.
type Session struct{ c Child }

// Open starts a child and locks it in.
func Open(ctx context.Context, s Starter, box Sandbox) (*Session, error) {
	c, err := s.Start(ctx)
	if err != nil {
		return nil, fmt.Errorf("starting the query engine: %w", err)
	}
	se := &Session{c}
	if _, err := call[struct{}](se, Request{Sandbox: &box}); err != nil {
		_ = c.Close() // the first error says why
		return nil, err
	}
	return se, nil
}

// Close ends the child.
func (s *Session) Close() error { return s.c.Close() }

// Analyze runs a request.
func (s *Session) Analyze(r Analyze) (*Analysis, error) {
	return call[Analysis](s, Request{Analyze: &r})
}

// Prune runs a request.
func (s *Session) Prune(r Prune) (*Pruned, error) { return call[Pruned](s, Request{Prune: &r}) }

// Run runs a request.
func (s *Session) Run(r Run) (*Result, error) { return call[Result](s, Request{Run: &r}) }

func call[T any](s *Session, r Request) (*T, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if err := WriteFrame(s.c, data); err != nil {
		return nil, fmt.Errorf("the query engine ended: %w", err)
	}
	data, err = ReadFrame(s.c)
	if err != nil {
		return nil, fmt.Errorf("the query engine ended: %w", err)
	}
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, fmt.Errorf("the query engine's answer: %w", err)
	}
	if a.Failure != nil {
		return nil, a.Failure
	}
	out := new(T)
	if err := json.Unmarshal(a.Body, out); err != nil {
		return nil, fmt.Errorf("the query engine's answer: %w", err)
	}
	return out, nil
}

// Answer is the frame a child sends: body, or err (a *Failure as it is).
func Answer(body any, err error) ([]byte, error) {
	var a answer
	if err != nil {
		f, ok := err.(*Failure)
		if !ok {
			f = &Failure{Code: "GENERIC_INTERNAL_ERROR", Msg: err.Error()}
		}
		a.Failure = f
		return json.Marshal(a)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	a.Body = raw
	return json.Marshal(a)
}

const maxFrame = 1 << 30

// WriteFrame writes a length and the bytes.
func WriteFrame(w io.Writer, data []byte) error {
	if len(data) > maxFrame {
		return fmt.Errorf("a message of %d bytes is too long", len(data))
	}
	_, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...))
	return err
}

// ReadFrame reads what WriteFrame wrote; io.EOF at the end of the input.
func ReadFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxFrame {
		return nil, fmt.Errorf("a message of %d bytes is too long", n)
	}
	data := make([]byte, n)
	_, err := io.ReadFull(r, data)
	return data, err
}
