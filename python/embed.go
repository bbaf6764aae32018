// Package python carries the drop-in pyflink package inside the binary.
//
// It holds files and nothing else: internal/pyflink unpacks them for the
// Python that runs a program.
package python

import "embed"

// Files holds the folder pyflink, as it goes on the Python path.
//
//go:embed all:pyflink
var Files embed.FS
