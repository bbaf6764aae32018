package session

import (
	"maps"

	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
)

// merge is how what LIKE brings and what the statement says come together
// (MergeTableLikeUtil): INCLUDING, EXCLUDING or OVERWRITING by feature.
type merge map[string]string

// features are those of LIKE, and whether what is there may be overwritten.
var features = map[string]bool{"ALL": false, "CONSTRAINTS": false, "DISTRIBUTION": false, "PARTITIONS": false,
	"OPTIONS": true, "GENERATED": true, "METADATA": true, "WATERMARKS": true}

// rules reads the options of LIKE.
func (m merge) rules(l *ast.TableLike) error {
	for f := range features {
		m[f] = "INCLUDING"
	}
	m["OPTIONS"] = "OVERWRITING"
	said := map[string]bool{}
	for _, r := range l.Rules {
		if said[r.Feature] {
			return invalid(r, "like", "Each like option feature can be declared only once.")
		}
		if r.Merge == "OVERWRITING" && !features[r.Feature] {
			return invalid(r, "like", "Illegal merging strategy '%s' for '%s' option.", r.Merge, r.Feature)
		}
		said[r.Feature] = true
		if r.Feature == "ALL" {
			for f := range features {
				if !said[f] {
					m[f] = r.Merge
				}
			}
		}
		m[r.Feature] = r.Merge
	}
	return nil
}

// like starts a table from another one.
func (s *Session) like(l *ast.TableLike, t *catalog.Table, m *merge) error {
	from, _ := s.catalog.Table(l.Name.Strings())
	if from == nil {
		return invalid(l, "table-not-found", "Source table '%s' of the LIKE clause not found in the catalog, at line %d, column %d",
			s.catalog.Path(l.Name.Strings()).Quoted(), l.Line, l.Col)
	}
	if err := m.rules(l); err != nil {
		return err
	}
	keeps := func(feature string) bool { return (*m)[feature] != "EXCLUDING" }
	for _, c := range from.Columns {
		if c.Physical() || c.Computed != nil && keeps("GENERATED") || c.Metadata != "" && keeps("METADATA") {
			t.Columns = append(t.Columns, c)
		}
	}
	if keeps("OPTIONS") {
		maps.Copy(t.Options, from.Options)
	}
	if keeps("WATERMARKS") {
		t.Watermark = from.Watermark
	}
	if keeps("CONSTRAINTS") {
		t.PrimaryKey, t.KeyName = from.PrimaryKey, from.KeyName
	}
	// As in Flink, these two are left out only where the statement has its own.
	t.PartitionKeys, t.Distribution = from.PartitionKeys, from.Distribution
	return nil
}

// column adds a column, or overwrites one that LIKE brought.
func (m merge) column(at ast.Node, t *catalog.Table, c catalog.Column) error {
	i := t.Index(c.Name)
	if i < 0 || len(m) == 0 {
		t.Columns = append(t.Columns, c)
		return nil
	}
	have := t.Columns[i]
	overwrites := func(feature, kind string) error {
		if m[feature] == "OVERWRITING" {
			t.Columns[i] = c
			return nil
		}
		return invalid(at, "like", "A %s column named '%s' already exists in the base table. You might want to specify EXCLUDING %[3]s or OVERWRITING %[3]s.", kind, c.Name, feature)
	}
	switch {
	case c.Computed != nil && have.Computed != nil:
		return overwrites("GENERATED", "generated")
	case c.Metadata != "" && have.Metadata != "":
		return overwrites("METADATA", "metadata")
	}
	return invalid(at, "duplicate-column", "A column named '%s' already exists in the base table.", c.Name)
}

func (m merge) primaryKey(t *catalog.Table, c *ast.Constraint, cols []ast.Ident) error {
	if len(m) > 0 && t.PrimaryKey != nil && !c.Unique {
		return invalid(c, "like", "The base table already has a primary key. You might want to specify EXCLUDING CONSTRAINTS.")
	}
	return primaryKey(t, c, cols)
}

func (m merge) watermark(t *catalog.Table, w *ast.Watermark) error {
	if t.Watermark != nil && m["WATERMARKS"] != "OVERWRITING" {
		return invalid(w, "like", "There already exists a watermark spec for column '%s' in the base table. You might want to specify EXCLUDING WATERMARKS or OVERWRITING WATERMARKS.", t.Watermark.Column)
	}
	t.Watermark = watermark(w)
	return nil
}

// layout sets the distribution and the partition keys.
func (m merge) layout(st *ast.CreateTable, t *catalog.Table) error {
	if st.Distribution != nil {
		if t.Distribution != nil && m["DISTRIBUTION"] != "EXCLUDING" {
			return invalid(st.Distribution, "like", "The base table already has a distribution defined. You might want to specify EXCLUDING DISTRIBUTION.")
		}
		t.Distribution = distribution(st.Distribution)
	}
	if st.PartitionBy == nil {
		return nil
	}
	if t.PartitionKeys != nil && m["PARTITIONS"] != "EXCLUDING" {
		return invalid(st.PartitionBy[0], "like", "The base table already has partitions defined. You might want to specify EXCLUDING PARTITIONS.")
	}
	t.PartitionKeys = nil
	for _, k := range st.PartitionBy {
		t.PartitionKeys = append(t.PartitionKeys, k.Name)
	}
	return nil
}

func (m merge) option(t *catalog.Table, o ast.Option) error {
	if have, there := t.Options[o.Key]; there && m["OPTIONS"] == "INCLUDING" {
		return invalid(o, "like", "There already exists an option ['%s' -> '%s']  in the base table. You might want to specify EXCLUDING OPTIONS or OVERWRITING OPTIONS.", o.Key, have)
	}
	t.Options[o.Key] = o.Value
	return nil
}
