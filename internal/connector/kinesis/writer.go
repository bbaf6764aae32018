package kinesis

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/obs"
)

// maxRecord is the most bytes of a record's data.
const maxRecord = 1 << 20

// writer puts the rows of one task. What it has is sent at once when no call is
// under way; while one is, rows gather, and another call is made only for a full
// batch. So a quiet stream has no delay and a busy one full calls.
type writer struct {
	*sink
	ctx     context.Context
	cancel  context.CancelFunc
	encoder format.Encoder
	keys    *partitioner
	errors  *obs.Counter
	ends    []int

	mu      sync.Mutex
	changed sync.Cond
	waiting []types.PutRecordsRequestEntry // in the order of the rows
	sending int                            // records of the calls under way
	calls   int
	busy    map[string]bool // the partition keys of the calls under way
	err     error           // the first that cannot be mended
	wg      sync.WaitGroup
}

// Write implements connector.Writer. It blocks while too many records wait.
func (w *writer) Write(b *batch.Batch) error {
	entries, err := w.encode(b)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, entries...)
	w.dispatch()
	return w.await(func() bool { return len(w.waiting)+w.sending <= w.s.Buffered })
}

// Watermark implements connector.Writer.
func (w *writer) Watermark(int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Prepare implements connector.Writer: it returns when all is in the stream.
func (w *writer) Prepare(bool) ([]connector.Committable, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return nil, w.await(func() bool { return len(w.waiting)+w.sending == 0 })
}

// Close implements connector.Writer.
func (w *writer) Close() error {
	w.cancel()
	w.wg.Wait()
	return nil
}

// await waits for done, with the lock held.
func (w *writer) await(done func() bool) error {
	for w.err == nil && w.ctx.Err() == nil && !done() {
		w.changed.Wait()
	}
	if w.err == nil && w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	return w.err
}

// encode makes the records of a batch's rows.
func (w *writer) encode(b *batch.Batch) ([]types.PutRecordsRequestEntry, error) {
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	var text []byte // the records' data is kept, so it is made anew each time
	var err error
	w.ends = w.ends[:0]
	for _, i := range sel {
		if text, err = w.encoder.EncodeRow(text, b, int(i)); err != nil {
			return nil, err
		}
		w.ends = append(w.ends, len(text))
	}
	entries, from := make([]types.PutRecordsRequestEntry, len(sel)), 0
	for k, i := range sel {
		key, err := w.keys.key(b, int(i))
		if err != nil {
			return nil, fmt.Errorf("the partition key of a record for %s: %w", w.Identity(), err)
		}
		to := w.ends[k]
		if to-from > maxRecord {
			return nil, errs.New(errs.Failed, "kinesis.record-size", "The request entry sent to the buffer was of size [%d], when the maxRecordSizeInBytes was set to [%d].",
				to-from, maxRecord).WithHint("Kinesis takes records of at most 1 MiB; partition key %q", key)
		}
		entries[k] = types.PutRecordsRequestEntry{Data: text[from:to:to], PartitionKey: &key}
		from = to
	}
	return entries, nil
}

// dispatch begins the calls that can be made now, with the lock held.
func (w *writer) dispatch() {
	for w.err == nil && len(w.waiting) > 0 && (w.calls == 0 || w.calls < w.s.InFlight && len(w.waiting) >= w.s.BatchSize) {
		batch := w.take()
		if len(batch) == 0 {
			return // all are of keys under way
		}
		for _, e := range batch {
			w.busy[*e.PartitionKey] = true
		}
		w.calls++
		w.sending += len(batch)
		w.wg.Add(1)
		go w.call(batch)
	}
}

// take takes the records of the next call from those that wait: none of a key
// that is under way, nor behind another of its key that stays.
func (w *writer) take() []types.PutRecordsRequestEntry {
	var out []types.PutRecordsRequestEntry
	var size int64
	kept := w.waiting[:0]
	for i, e := range w.waiting {
		full := len(out) == w.s.BatchSize || len(out) > 0 && size+entrySize(e) > w.s.FlushBytes
		if full {
			kept = append(kept, w.waiting[i:]...)
			break
		}
		if w.busy[*e.PartitionKey] {
			kept = append(kept, e)
			continue
		}
		out, size = append(out, e), size+entrySize(e)
	}
	clear(w.waiting[len(kept):])
	w.waiting = kept
	return out
}

func entrySize(e types.PutRecordsRequestEntry) int64 {
	return int64(len(e.Data) + len(*e.PartitionKey))
}

// call puts records until all are taken, then makes room for the next.
func (w *writer) call(batch []types.PutRecordsRequestEntry) {
	defer w.wg.Done()
	keys := make([]string, len(batch))
	for i, e := range batch {
		keys[i] = *e.PartitionKey
	}
	err := w.put(batch)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range keys {
		delete(w.busy, k)
	}
	w.calls--
	w.sending -= len(keys)
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("writing to stream %s: %w", w.s.name+w.s.arn, err)
	}
	w.dispatch()
	w.changed.Broadcast()
}

// put makes one call, and again for the records that were refused, for as long
// as they may be taken later.
func (w *writer) put(batch []types.PutRecordsRequestEntry) error {
	in := &kinesis.PutRecordsInput{Records: batch}
	in.StreamName, in.StreamARN = w.s.stream()
	for backoff := minBackoff; ; backoff = min(2*backoff, maxBackoff) {
		out, err := w.client.PutRecords(w.ctx, in, onceOnly)
		switch {
		case w.ctx.Err() != nil:
			return context.Cause(w.ctx)
		case err == nil && (out.FailedRecordCount == nil || *out.FailedRecordCount == 0):
			return nil
		case err == nil:
			var why string
			in.Records, why = refused(in.Records, out.Records)
			err = fmt.Errorf("%d of %d records were refused: %s", len(in.Records), len(out.Records), why)
		case !temporary(err):
			return err
		}
		w.errors.Add(int64(len(in.Records)))
		if w.s.FailOnError {
			return fmt.Errorf("Encountered an exception while persisting records, not retrying due to sink.fail-on-error being set: %w", err)
		}
		w.env.Log.Warn(fmt.Sprintf("KDS Sink failed to write and will retry %d entries to KDS", len(in.Records)),
			obs.AttrLogger, "org.apache.flink.connector.kinesis.sink.KinesisStreamsSinkWriter", obs.AttrError, err.Error())
		if !w.pause(backoff) {
			return context.Cause(w.ctx)
		}
	}
}

// onceOnly leaves trying again to put, which knows which records.
func onceOnly(o *kinesis.Options) { o.Retryer = aws.NopRetryer{} }

// refused are the records of a call that were not taken, and why the first was not.
func refused(sent []types.PutRecordsRequestEntry, answers []types.PutRecordsResultEntry) (again []types.PutRecordsRequestEntry, why string) {
	for i, a := range answers {
		if a.ErrorCode == nil || i >= len(sent) {
			continue
		}
		if again == nil {
			why = *a.ErrorCode
			if a.ErrorMessage != nil {
				why += ": " + *a.ErrorMessage
			}
		}
		again = append(again, sent[i])
	}
	return again, why
}

func (w *writer) pause(d time.Duration) bool {
	c, stop := w.env.Clock.After(d)
	defer stop()
	select {
	case <-c:
		return true
	case <-w.ctx.Done():
		return false
	}
}
