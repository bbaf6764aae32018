package state

import "weir/internal/batch"

// AppendValue is batch.AppendValue: the encoding of values in snapshots.
func AppendValue(buf []byte, v *batch.Vec, i int) []byte { return batch.AppendValue(buf, v, i) }

// ReadValue is batch.ReadValue.
func ReadValue(data []byte, v *batch.Vec) ([]byte, error) { return batch.ReadValue(data, v) }
