package exec

import (
	"fmt"
	"math"
	"slices"
	"time"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/kernel"
	"weir/internal/obs"
	"weir/internal/sql/plan"
)

// WindowRank keeps the first rows of each partition of a window and sends them,
// in order, when the watermark passes the window's end (StreamExecWindowRank,
// StreamExecWindowDeduplicate). Rows of a window that has ended are dropped as
// late. Rows of equal order keep the order in which they came; only the last row
// in the order of time is the one that came last.
type WindowRank struct {
	op.Stateless
	node   *plan.WindowRank
	zone   *time.Location // of the windows; nil: none
	latest bool           // a row goes before those of equal order
	late   *obs.Counter
	accTable
	places [][]int32 // by group: its rows, in order
	rows   keptRows
	timers timerHeap
	wm     int64

	key     []int
	keyCols []*batch.Vec
	hashes  []uint64
	groups  []int32
	out     *batch.Batch
}

// NewWindowRank makes the operator of node.
func NewWindowRank(node *plan.WindowRank, zone *time.Location) *WindowRank {
	in := node.Input.Schema()
	w := &WindowRank{node: node, latest: node.Deduplicate && node.Order[0].Desc, wm: math.MinInt64, rows: newKeptRows(in),
		key: append([]int{node.Start, node.End}, node.Partition...), out: batch.New(node.Schema(), 0)}
	w.accTable = newAccTable(fieldsAt(in, w.key), nil, 0)
	if node.Window.LTZ {
		w.zone = zone
	}
	return w
}

// Open implements op.Operator.
func (w *WindowRank) Open(ctx *op.Context) error {
	w.late = ctx.Scope.Counter("numLateRecordsDropped")
	return w.Stateless.Open(ctx)
}

// Process implements op.Operator.
func (w *WindowRank) Process(_ int, b *batch.Batch) error {
	w.compact()
	w.keyCols = w.keyCols[:0]
	for _, k := range w.key {
		w.keyCols = append(w.keyCols, b.Cols[k])
	}
	if len(w.hashes) < b.N {
		w.hashes = make([]uint64, max(b.N, batch.MaxRows))
	}
	state.Hash(w.keyCols, b.Sel, b.N, w.hashes)
	w.groups = w.keys.Groups(w.keyCols, w.hashes, b.Sel, b.N, w.groups[:0])
	for len(w.places) < w.keys.Len() {
		w.places = append(w.places, nil)
	}
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	ends := b.Cols[w.node.End]
	unit := ends.Type.UnitsPerMilli()
	for k, i := range sel {
		last := instantIn(w.zone, floorDiv(ends.I64[kernel.At(ends, int(i))], unit)) - 1
		if last <= w.wm {
			w.late.Inc()
			continue
		}
		w.insert(w.groups[k], last, b, int(i))
	}
	return nil
}

// insert puts row i in its place, unless that is behind the last one asked for.
func (w *WindowRank) insert(g int32, last int64, b *batch.Batch, i int) {
	order := w.places[g]
	if len(order) == 0 {
		w.timers.push(timer{last, g, -1})
	}
	at, _ := slices.BinarySearchFunc(order, i, func(row int32, i int) int {
		if c := compareRows(w.node.Order, b.Cols, i, w.rows.cols, int(row)); c < 0 || c == 0 && w.latest {
			return 1
		}
		return -1
	})
	if int64(at) >= w.node.To {
		return
	}
	order = slices.Insert(order, at, w.rows.add(b.Cols, i, last))
	if int64(len(order)) > w.node.To {
		order = order[:len(order)-1]
		w.rows.drop(1)
	}
	w.places[g] = order
}

// NextTimer implements op.Operator: every watermark may end a window of the rows
// that come before it.
func (w *WindowRank) NextTimer() int64 {
	if w.wm == math.MaxInt64 {
		return op.NoTimer
	}
	return w.wm + 1
}

// Advance implements op.Operator.
func (w *WindowRank) Advance(wm int64) error {
	w.wm = wm
	for len(w.timers) > 0 && w.timers[0].at <= wm {
		g := w.timers.pop().group
		for p, row := range w.places[g] {
			if int64(p)+1 < w.node.From {
				continue
			}
			if err := w.emit(row, int64(p)+1); err != nil {
				return err
			}
		}
		w.rows.drop(len(w.places[g]))
		w.places[g] = nil
	}
	return w.flush()
}

func (w *WindowRank) emit(row int32, place int64) error {
	for c, v := range w.rows.cols {
		w.out.Cols[c].AppendFrom(v, int(row))
	}
	if w.node.Number != "" {
		w.out.Cols[len(w.rows.cols)].AppendI64(place)
	}
	if w.out.N++; w.out.N == batch.MaxRows {
		return w.flush()
	}
	return nil
}

func (w *WindowRank) flush() error {
	if w.out.N == 0 {
		return nil
	}
	err := w.Context.Out.Emit(w.out)
	w.out.Reset()
	return err
}

// compact makes the tables anew without windows that have ended, once these are
// most.
func (w *WindowRank) compact() {
	ended := w.keys.Len() - len(w.timers)
	if (w.rows.dead < 1024 || 2*w.rows.dead < w.rows.n) && (ended < 1024 || 2*ended < w.keys.Len()) {
		return
	}
	w.timers.sort()
	t, rows, places := newAccTable(w.fields, nil, len(w.timers)), newKeptRows(w.rows.fields), make([][]int32, len(w.timers))
	for k, m := range w.timers {
		g := t.keys.Group(w.keys.Cols(), int(m.group), w.keys.Hash(int(m.group)))
		for _, row := range w.places[m.group] {
			places[g] = append(places[g], rows.add(w.rows.cols, int(row), m.at))
		}
		w.timers[k].group = int32(g)
	}
	w.accTable, w.rows, w.places = t, rows, places
}

// The pieces of a WindowRank's state: "places" in key groups, version 1: each key
// and its rows in order, with the last time of their window; "progress", version
// 1, once an instance: the watermark.
const placesPiece = "places"

// Snapshot implements op.Operator. The state is encoded at once, so what it
// returns only hands over bytes.
func (w *WindowRank) Snapshot() (op.WriteFunc, error) {
	pieces := map[int][]byte{}
	for kg, groups := range w.keyGroups() {
		var buf []byte
		for _, g := range groups {
			if rows := w.places[g]; len(rows) > 0 {
				buf = w.rows.encode(w.appendGroup(buf, g), rows)
			}
		}
		pieces[kg] = buf
	}
	return snapshotPieces(placesPiece, pieces, w.wm), nil
}

// Restore implements op.Operator.
func (w *WindowRank) Restore(r op.StateReader) error {
	wm, err := restoreProgress(r)
	if err != nil {
		return err
	}
	w.wm = wm
	return r.Read(placesPiece, func(_, version int, data []byte) error {
		if version != overV1 {
			return fmt.Errorf("snapshot of a window's first rows has unknown version %d", version)
		}
		for len(data) > 0 {
			g, rest, err := w.readGroup(data)
			if err != nil {
				return err
			}
			for len(w.places) < w.keys.Len() {
				w.places = append(w.places, nil)
			}
			if data, err = w.rows.decode(rest, func(row int32) { w.places[g] = append(w.places[g], row) }); err != nil {
				return err
			}
			w.timers.push(timer{w.rows.times[w.places[g][0]], int32(g), -1})
		}
		return nil
	})
}
