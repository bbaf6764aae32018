package pyflink

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
)

// maxFrame bounds what a frame may hold: the rows of from_elements are in one.
const maxFrame = 1 << 30

// link is a connection of frames.
type link struct {
	conn net.Conn
	r    *bufio.Reader
}

func newLink(c net.Conn) *link { return &link{conn: c, r: bufio.NewReaderSize(c, 64<<10)} }

// read reads one frame into v; io.EOF at the end of the connection.
func (l *link) read(v any) error {
	var head [4]byte
	if _, err := io.ReadFull(l.r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxFrame {
		return fmt.Errorf("a frame of %d bytes is too long", n)
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(l.r, data); err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// write writes v as one frame.
func (l *link) write(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = l.conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...))
	return err
}
