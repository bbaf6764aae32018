package exec

import (
	"weir/internal/batch"
	"weir/internal/engine/op"
)

// Pass hands its input on: the head of a vertex fed by several others.
type Pass struct{ op.Stateless }

// NewPass makes the operator.
func NewPass() *Pass { return &Pass{} }

// Transparent implements op.Transparent.
func (*Pass) Transparent() {}

// Process implements op.Operator.
func (p *Pass) Process(_ int, b *batch.Batch) error { return p.Context.Out.Emit(b) }
