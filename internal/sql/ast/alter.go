package ast

// Alter is ALTER of any kind of object but a function.
type Alter struct {
	At
	What     ObjectKind
	IfExists bool
	Name     Name
	Action   AlterAction
}

// AlterAction is what an Alter does.
type AlterAction interface {
	Node
	alterAction()
}

// Rename is RENAME TO name.
type Rename struct {
	At
	To Name
}

// RenameColumn is RENAME old TO new.
type RenameColumn struct {
	At
	From, To Name
}

// SetOptions is SET ('k' = 'v', …).
type SetOptions struct {
	At
	Options []Option
}

// ResetOptions is RESET ('k', …).
type ResetOptions struct {
	At
	Keys []*String
}

// SetComment is COMMENT 'text', of a catalog.
type SetComment struct {
	At
	Comment *String
}

// AddElements is ADD or MODIFY of columns, constraints and a watermark.
type AddElements struct {
	At
	Modify      bool
	List        bool // in parentheses
	Columns     []Column
	Constraints []Constraint
	Watermark   *Watermark
}

// AddDistribution is ADD or MODIFY DISTRIBUTION ….
type AddDistribution struct {
	At
	Modify       bool
	Distribution *Distribution
}

// AddPartitions is ADD [IF NOT EXISTS] PARTITION (…) [WITH (…)] ….
type AddPartitions struct {
	At
	IfNotExists bool
	Partitions  []Partition
}

// Partition is PARTITION (k = v, …) [WITH (…)].
type Partition struct {
	At
	Items   []PartitionItem
	Options []Option
}

// PartitionItem is k = v, or k alone.
type PartitionItem struct {
	At
	Key   Ident
	Value Expr // a literal; nil for a key alone
}

// DropPartitions is DROP [IF EXISTS] PARTITION (…), ….
type DropPartitions struct {
	At
	IfExists   bool
	Partitions []Partition
}

// DropColumns is DROP column or DROP (columns).
type DropColumns struct {
	At
	List    bool // in parentheses
	Columns []Name
}

// DropConstraint is DROP CONSTRAINT name, or DROP PRIMARY KEY.
type DropConstraint struct {
	At
	Name    Ident
	Primary bool
}

// DropWatermark is DROP WATERMARK.
type DropWatermark struct{ At }

// DropDistribution is DROP DISTRIBUTION.
type DropDistribution struct{ At }

// AsQuery is AS query, of a view or materialized table.
type AsQuery struct {
	At
	Query Query
}

// Suspend is SUSPEND of a materialized table.
type Suspend struct{ At }

// Resume is RESUME [WITH (…)] of a materialized table.
type Resume struct {
	At
	Options []Option
}

// Refresh is REFRESH [PARTITION (…)] of a materialized table.
type Refresh struct {
	At
	Partition []PartitionItem
}

// SetFreshness is SET FRESHNESS = INTERVAL ….
type SetFreshness struct {
	At
	Freshness *Interval
}

// SetRefreshMode is SET REFRESH_MODE = FULL|CONTINUOUS.
type SetRefreshMode struct {
	At
	Mode string
}

// AlterFunction is ALTER [TEMPORARY [SYSTEM]] FUNCTION name AS 'class'.
type AlterFunction struct {
	At
	Temporary, System bool
	IfExists          bool
	Name              Name
	Class             *String
	Language          string
}

func (*Alter) statement()         {}
func (*AlterFunction) statement() {}

func (*Rename) alterAction()           {}
func (*RenameColumn) alterAction()     {}
func (*SetOptions) alterAction()       {}
func (*ResetOptions) alterAction()     {}
func (*SetComment) alterAction()       {}
func (*AddElements) alterAction()      {}
func (*AddDistribution) alterAction()  {}
func (*AddPartitions) alterAction()    {}
func (*DropPartitions) alterAction()   {}
func (*DropColumns) alterAction()      {}
func (*DropConstraint) alterAction()   {}
func (*DropWatermark) alterAction()    {}
func (*DropDistribution) alterAction() {}
func (*AsQuery) alterAction()          {}
func (*Suspend) alterAction()          {}
func (*Resume) alterAction()           {}
func (*Refresh) alterAction()          {}
func (*SetFreshness) alterAction()     {}
func (*SetRefreshMode) alterAction()   {}
