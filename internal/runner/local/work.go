package local

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// workPrefix begins the names of the children's folders for temporary files. It
// tells this server's from others', which have other folders for packages.
func (r *Runner) workPrefix() string {
	sum := sha256.Sum256([]byte(r.Packages))
	return "weir-" + hex.EncodeToString(sum[:6]) + "-"
}

// sweep removes the folders that children of a server which was killed have left.
func (r *Runner) sweep() error {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), r.workPrefix()+"*"))
	if err != nil {
		return err
	}
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("removing what a killed application has left: %w", err)
		}
	}
	return nil
}
