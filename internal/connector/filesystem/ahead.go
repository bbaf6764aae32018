package filesystem

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"weir/internal/objstore"
)

// errNotYet is what reading ahead answers when nothing has come since.
var errNotYet = errors.New("nothing has been read yet")

// blocksAhead is how many blocks of a file are read before they are asked for.
const blocksAhead = 2

// ahead opens and reads a file in the background, so that a task never waits for
// a network.
type ahead struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
	blocks chan block
	free   chan []byte
	wake   chan struct{} // the reader's
	whole  []byte        // the block being taken, from its start
	left   []byte        // of it
	err    error         // behind it
}

// block is what was read, and the error behind it (io.EOF at the end).
type block struct {
	data []byte
	err  error
}

// remote reports whether reading a store may take long.
func remote(store objstore.Store) bool {
	name := store.Name("")
	return strings.Contains(name, "://") && !strings.HasPrefix(name, "file:")
}

// readAhead begins to read what open opens; wake is told whenever there is more.
func readAhead(ctx context.Context, wake chan struct{}, open func(context.Context) (io.ReadCloser, error)) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{cancel: cancel, wake: wake, blocks: make(chan block, blocksAhead), free: make(chan []byte, blocksAhead+2)}
	for range blocksAhead {
		a.free <- nil
	}
	a.wg.Go(func() {
		in, err := open(ctx)
		if err != nil {
			a.send(ctx, block{err: err})
			return
		}
		for err == nil {
			err = a.next(ctx, in)
		}
		if cerr := in.Close(); cerr != nil && errors.Is(err, io.EOF) {
			err = cerr
		}
		a.send(ctx, block{err: err})
	})
	return a
}

// next reads a block; the error, if any, stands behind what it has sent.
func (a *ahead) next(ctx context.Context, in io.Reader) error {
	var buf []byte
	select {
	case buf = <-a.free:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if buf == nil {
		buf = make([]byte, blockSize)
	}
	n, err := io.ReadFull(in, buf)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	if n > 0 {
		a.send(ctx, block{data: buf[:n]})
	}
	return err
}

func (a *ahead) send(ctx context.Context, b block) {
	select {
	case a.blocks <- b:
	case <-ctx.Done():
		return
	}
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// Read implements io.Reader; it does not wait, but answers errNotYet.
func (a *ahead) Read(p []byte) (int, error) {
	if len(a.left) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.whole != nil {
			a.free <- a.whole[:cap(a.whole)] // there is room for every block there is
			a.whole = nil
		}
		select {
		case b := <-a.blocks:
			a.whole, a.left, a.err = b.data, b.data, b.err
		default:
			return 0, errNotYet
		}
	}
	n := copy(p, a.left)
	if a.left = a.left[n:]; n == 0 {
		return 0, a.err
	}
	return n, nil
}

// Close implements io.Closer.
func (a *ahead) Close() error {
	a.cancel()
	a.wg.Wait()
	return nil
}
