package ast

func (w walker) statement(n Node) {
	switch s := n.(type) {
	case *Insert:
		w.partition(s.Partition)
		w.walk(s.Query)
	case *StatementSet:
		for _, in := range s.Inserts {
			w.walk(in)
		}
	case *Execute:
		w.walk(s.Stmt)
	case *Explain:
		w.walk(s.Stmt)
	case *CompilePlan:
		w.walk(s.Stmt)
	case *CallProcedure:
		w.exprs(s.Call)
	case *Update:
		for _, a := range s.Set {
			w.exprs(a.Value)
		}
		w.exprs(s.Where)
	case *Delete:
		w.exprs(s.Where)
	case *Analyze:
		w.partition(s.Partition)
	case *Show:
		w.partition(s.Partition)
	case *CreateTable:
		w.schema(s.Columns, s.Watermark)
		w.walk(s.As)
	case *CreateMaterializedTable:
		w.schema(s.Columns, s.Watermark)
		if s.StartMode != nil {
			w.exprs(s.StartMode.Arg)
		}
		w.exprs(s.Freshness)
		w.walk(s.Query)
	case *CreateView:
		w.walk(s.Query)
	case *CreateModel:
		w.schema(s.Input, nil)
		w.schema(s.Output, nil)
		w.walk(s.As)
	case *Alter:
		w.action(s.Action)
	}
}

func (w walker) action(a AlterAction) {
	switch a := a.(type) {
	case *AddElements:
		w.schema(a.Columns, a.Watermark)
	case *AddPartitions:
		for _, p := range a.Partitions {
			w.partition(p.Items)
		}
	case *DropPartitions:
		for _, p := range a.Partitions {
			w.partition(p.Items)
		}
	case *Refresh:
		w.partition(a.Partition)
	case *AsQuery:
		w.walk(a.Query)
	case *SetFreshness:
		w.exprs(a.Freshness)
	}
}

func (w walker) partition(items []PartitionItem) {
	for _, it := range items {
		w.exprs(it.Value)
	}
}

func (w walker) schema(cols []Column, wm *Watermark) {
	for _, c := range cols {
		w.exprs(c.Expr)
	}
	if wm != nil {
		w.exprs(wm.Expr)
	}
}
