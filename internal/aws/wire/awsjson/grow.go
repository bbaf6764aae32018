package awsjson

import "slices"

// Grow makes room for n more bytes, for a shape that knows how large it is.
func (w *Writer) Grow(n int) { w.w.Buf = slices.Grow(w.w.Buf, n) }
