package exec

import (
	"fmt"

	"weir/internal/batch"
)

// fire lets the rows up to a time leave, in order.
func (o *Over) fire(to int64) error {
	for len(o.timers) > 0 && o.timers[0].at <= to {
		t := o.timers.pop()
		var err error
		switch {
		case t.row < 0:
			o.forget(t)
		case o.node.Frame.Rows:
			err = o.fireRow(t.group, t.at, t.row)
		default:
			o.peers = append(o.peers[:0], t.row)
			for len(o.timers) > 0 && o.timers[0].at == t.at && o.timers[0].group == t.group {
				o.peers = append(o.peers, o.timers.pop().row)
			}
			err = o.firePeers(t.group, t.at)
		}
		if err != nil {
			return err
		}
	}
	o.rows.reuse()
	return o.flush()
}

// fireRow lets one row of a ROWS frame leave.
func (o *Over) fireRow(g int32, ts int64, row int32) error {
	p := &o.parts[g]
	p.last = ts
	o.bindRows()
	if o.bounded {
		if int64(len(p.frame)) > o.node.Frame.Preceding {
			if err := o.takeBack(p, g, 1); err != nil {
				return err
			}
		}
		p.frame = append(p.frame, row)
	}
	o.peers = append(o.peers[:0], row)
	if err := o.addPeers(g); err != nil {
		return err
	}
	if err := o.emit(o.rows.cols, row); err != nil {
		return err
	}
	if !o.bounded {
		o.rows.drop(1)
	}
	return nil
}

// firePeers lets the rows o.peers of a RANGE frame leave, which are of one time.
func (o *Over) firePeers(g int32, ts int64) error {
	p := &o.parts[g]
	p.last = ts
	o.bindRows()
	if o.bounded {
		old := 0
		for old < len(p.frame) && ts-o.rows.times[p.frame[old]] > o.node.Frame.Preceding {
			old++
		}
		if err := o.takeBack(p, g, old); err != nil {
			return err
		}
		p.frame = append(p.frame, o.peers...)
	}
	if err := o.addPeers(g); err != nil {
		return err
	}
	for _, row := range o.peers {
		if err := o.emit(o.rows.cols, row); err != nil {
			return err
		}
	}
	if !o.bounded {
		o.rows.drop(len(o.peers))
	}
	return nil
}

// takeBack takes the first n rows out of a frame.
func (o *Over) takeBack(p *part, g int32, n int) error {
	for k := range n {
		o.group[0] = g
		for i, a := range o.aggs {
			if err := a.Retract(o.group[:], o.args[i], p.frame[k:k+1], o.rows.n); err != nil {
				return fmt.Errorf("%s: %w", o.calls[i].Def.Name, err)
			}
		}
	}
	p.frame = p.frame[n:]
	o.rows.drop(n)
	return nil
}

// addPeers adds the rows o.peers and evaluates the frame.
func (o *Over) addPeers(g int32) error {
	for k := range o.peers {
		if err := o.add(g, o.peers[k:k+1], o.rows.n); err != nil {
			return err
		}
	}
	return o.evaluate(g)
}

// add adds one row, of those o.args are bound to.
func (o *Over) add(g int32, row []int32, n int) error {
	o.group[0] = g
	for i, a := range o.aggs {
		if err := a.Add(o.group[:], o.args[i], row, n); err != nil {
			return fmt.Errorf("%s: %w", o.calls[i].Def.Name, err)
		}
	}
	return nil
}

// evaluate puts the results of a partition into o.value.
func (o *Over) evaluate(g int32) error {
	for i, a := range o.aggs {
		o.value.Cols[i].Reset()
		if err := a.Result(int(g), o.value.Cols[i]); err != nil {
			return fmt.Errorf("%s: %w", o.calls[i].Def.Name, err)
		}
	}
	return nil
}

// bindRows and bindArgs set where the arguments of the calls are found.
func (o *Over) bindRows() { o.bindArgs(&batch.Batch{Cols: o.rows.cols}) }

func (o *Over) bindArgs(b *batch.Batch) {
	for i := range o.args {
		o.args[i] = aggArgs(o.args[i][:0], o.calls[i], b)
	}
}

// emit appends a row of cols with o.value.
func (o *Over) emit(cols []*batch.Vec, row int32) error {
	for c, v := range cols {
		o.out.Cols[c].AppendFrom(v, int(row))
	}
	for i, v := range o.value.Cols {
		o.out.Cols[len(cols)+i].AppendFrom(v, 0)
	}
	if o.out.N++; o.out.N == batch.MaxRows {
		return o.flush()
	}
	return nil
}

func (o *Over) flush() error {
	if o.out.N == 0 {
		return nil
	}
	err := o.ctx.Out.Emit(o.out)
	o.out.Reset()
	return err
}

// forget lets go of a partition whose rows have all left their frames, unless
// others have come since the timer was set.
func (o *Over) forget(t timer) {
	p := &o.parts[t.group]
	if p.forget != t.at {
		return
	}
	for _, a := range o.aggs {
		a.Clear(int(t.group))
	}
	o.rows.drop(len(p.frame))
	*p = part{}
	o.dead++
}

// compact makes the tables anew without what is dead, once that is most.
func (o *Over) compact() error {
	o.rows.reuse()
	if o.rows.dead >= 1024 && 2*o.rows.dead >= o.rows.n {
		o.compactRows()
	}
	if o.dead < 1024 || 2*o.dead < len(o.parts) {
		return nil
	}
	return o.compactParts()
}

// compactRows numbers the rows that are kept anew, in an order that keeps that
// of the timers.
func (o *Over) compactRows() {
	fresh := newKeptRows(o.rows.fields)
	move := func(row int32) int32 { return fresh.add(o.rows.cols, int(row), o.rows.times[row]) }
	for g := range o.parts {
		frame := o.parts[g].frame
		for k, row := range frame {
			frame[k] = move(row)
		}
	}
	o.timers.sort()
	for k, t := range o.timers {
		if t.row >= 0 {
			o.timers[k].row = move(t.row)
		}
	}
	o.rows = fresh
}

// compactParts numbers the partitions that have something anew.
func (o *Over) compactParts() error {
	aggs, err := o.newAggs()
	if err != nil {
		return err
	}
	t := newAccTable(o.fields, aggs, len(o.parts)-o.dead)
	to := make([]int32, len(o.parts))
	var parts []part
	for from, p := range o.parts {
		if to[from] = -1; !p.used {
			continue
		}
		g := t.keys.Group(o.keys.Cols(), from, o.keys.Hash(from))
		to[from] = int32(g)
		parts = append(parts, p)
		for i, a := range aggs {
			a.Grow(g + 1)
			if err := a.Merge(g, o.aggs[i], from); err != nil {
				return err
			}
		}
	}
	kept := o.timers[:0]
	for _, m := range o.timers {
		if m.group = to[m.group]; m.group >= 0 {
			kept = append(kept, m)
		}
	}
	o.timers = kept
	o.timers.sort()
	o.accTable, o.parts, o.dead = t, parts, 0
	return nil
}
