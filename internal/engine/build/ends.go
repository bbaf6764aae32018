package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"weir/internal/connector"
	"weir/internal/engine/exec"
	"weir/internal/engine/op"
	"weir/internal/engine/run"
	"weir/internal/errs"
	"weir/internal/sql/catalog"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// vertexID is the 32 hex digits by which Flink's REST API names a vertex.
func vertexID(index int, name string) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d %s", index, name)))
	return hex.EncodeToString(sum[:16])
}

// factory is the connector of a table.
func (g *graph) factory(t *catalog.Table, options map[string]string) (*connector.Factory, *connector.Table, error) {
	name := options["connector"]
	if name == "" {
		return nil, nil, errs.New(errs.Invalid, "option.missing",
			"Table options do not contain an option key 'connector' for discovering a connector: table '%s'", t.Path)
	}
	f := g.Connectors[name]
	if f == nil {
		names := make([]string, 0, len(g.Connectors))
		for n := range g.Connectors {
			names = append(names, n)
		}
		slices.Sort(names)
		e := errs.New(errs.Invalid, "option.connector", "Could not find any factory for identifier '%s' that implements 'org.apache.flink.table.factories.DynamicTableFactory' in the classpath.\n\nAvailable factory identifiers are:\n\n%s\n\nTable: '%s'", name, strings.Join(names, "\n"), t.Path)
		if near := errs.Nearest(name, names); near != "" {
			e = e.WithHint("did you mean '%s'?", near)
		}
		return nil, nil, e
	}
	return f, &connector.Table{Name: t.Path.String(), PartitionKeys: t.PartitionKeys, PrimaryKey: t.PrimaryKey,
		Options: options, Config: g.Config, Profile: g.Profile}, nil
}

// open checks the options of a table.
func (g *graph) open(t *catalog.Table, options map[string]string, fields []types.Field, metadata []string) (*connector.Factory, *connector.Table, error) {
	f, ct, err := g.factory(t, options)
	if err != nil {
		return nil, nil, err
	}
	ct.Fields, ct.Metadata = fields, metadata
	if f.Validate != nil {
		if err := f.Validate(ct, g.Formats); err != nil {
			return nil, nil, fmt.Errorf("table '%s': %w", t.Path, err)
		}
	}
	return f, ct, nil
}

// scan starts a vertex that reads a table. A format that goes by position must
// be given all columns; those not asked for are dropped behind it.
func (g *graph) scan(n *plan.Scan) (*stream, error) {
	if f := g.Formats[n.Options["format"]]; f != nil && !f.ByName {
		if all := n.Whole(); len(all.Fields) != len(n.Fields) {
			return g.stream(n.From(all))
		}
	}
	f, t, err := g.open(n.Table, n.Options, n.Fields, n.Metadata)
	if err != nil {
		return nil, err
	}
	if f.NewSource == nil {
		return nil, errs.New(errs.Invalid, "connector.read", "Connector '%s' can only be used as a sink. It cannot be used as a source: table '%s'", f.Name, n.Table.Path)
	}
	src, err := f.NewSource(g.ctx, g.Env, t)
	if err != nil {
		return nil, fmt.Errorf("table '%s': %w", n.Table.Path, err)
	}
	return g.source(n, n.Table.Path.Object, src), nil
}

func (g *graph) source(n plan.Node, name string, src connector.Source) *stream {
	s := g.vertex(g.Parallelism, n.Schema())
	g.number++
	s.names = []string{fmt.Sprintf("Source: %s[%d]", name, g.number)}
	s.vertex.Source = &run.Source{Identity: "source:" + g.unique(src.Identity()), Source: src, Fields: n.Schema()}
	return s
}

// values starts a vertex that yields constant rows.
func (g *graph) values(n *plan.Values) (*stream, error) {
	src, err := exec.NewValues(n, g.compiler())
	if err != nil {
		return nil, err
	}
	s := g.source(n, "Values", src)
	s.vertex.Parallelism = 1
	return s, nil
}

// sink ends a chain in a table.
func (g *graph) sink(s *stream, n *plan.Sink) (*stream, error) {
	f, t, err := g.open(n.Table, n.Options, n.Fields, n.Metadata)
	if err != nil {
		return nil, err
	}
	if f.NewSink == nil {
		return nil, errs.New(errs.Invalid, "connector.write", "Connector '%s' can only be used as a source. It cannot be used as a sink: table '%s'", f.Name, n.Table.Path)
	}
	if n.Overwrite {
		return nil, errs.New(errs.Invalid, "connector.overwrite", "Streaming mode not support overwrite.")
	}
	sink, err := f.NewSink(g.ctx, g.Env, t)
	if err != nil {
		return nil, fmt.Errorf("table '%s': %w", n.Table.Path, err)
	}
	id := "sink:" + g.unique(sink.Identity())
	g.g.Sinks = append(g.g.Sinks, &run.Sink{Identity: id, Sink: sink})
	return g.step(s, n, "Sink: "+n.Table.Path.Object, false, func() (op.Operator, error) { return exec.NewSink(n, id, sink), nil }), nil
}
