package optest

import "bytes"

// memory keeps a snapshot.
type memory struct{ pieces []piece }

type piece struct {
	name           string
	group, version int
	data           []byte
}

// Write implements op.StateWriter.
func (m *memory) Write(name string, group, version int, data []byte) error {
	m.pieces = append(m.pieces, piece{name, group, version, bytes.Clone(data)})
	return nil
}

// Read implements op.StateReader.
func (m *memory) Read(name string, f func(group, version int, data []byte) error) error {
	for _, p := range m.pieces {
		if p.name != name {
			continue
		}
		if err := f(p.group, p.version, p.data); err != nil {
			return err
		}
	}
	return nil
}
