package pyflink

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net"
	"path"
	"strings"

	"weir/internal/vfs"
	"weir/python"
)

// Program says how the Python of a program is started. The caller starts it:
// in the program's folder, with stdout and stderr its own (the helper and the
// workers keep them open, so that a wait for their end must not be a wait for
// the program's), and serves it until it has ended.
type Program struct {
	Python     string   // the interpreter; "" is python3
	File       string   // the program: a .py file, a zip or a folder with __main__.py
	Module     string   // or a module to run instead (-pym)
	Args       []string // for the program
	PyFiles    []string // to import from (-pyfs, pyFiles)
	Properties string   // what /etc/flink/application_properties.json is; "" maps nothing
	Packages   string   // the folder that Unpack gave
	Address    string   // of the server: see Address
	Token      string
}

// Command is the command line and what it needs in its environment, beside
// what the caller adds (the credentials of boto3, AWS_ENDPOINT_URL).
func (p Program) Command(pythonPath string) (argv, env []string) {
	interpreter := p.Python
	if interpreter == "" {
		interpreter = "python3"
	}
	argv = append([]string{interpreter, "-u", "-m", "pyflink._weir.driver", p.File}, p.Args...)
	search := p.Packages
	if pythonPath != "" {
		search += listSeparator + pythonPath
	}
	env = []string{"PYTHONPATH=" + search, "PYTHONUNBUFFERED=1", "WEIR_PYFLINK_ADDRESS=" + p.Address, "WEIR_PYFLINK_TOKEN=" + p.Token}
	for key, value := range map[string]string{"WEIR_APPLICATION_PROPERTIES": p.Properties, "WEIR_PYTHON_MODULE": p.Module,
		"WEIR_PYFILES": strings.Join(p.PyFiles, listSeparator)} {
		if value != "" {
			env = append(env, key+"="+value)
		}
	}
	return argv, env
}

// listSeparator is what separates paths; Python functions need fork, so there
// is no Windows to think of.
const listSeparator = ":"

// Address is a listener's address as the program is told it.
func Address(l net.Listener) string {
	if l.Addr().Network() == "unix" {
		return "unix:" + l.Addr().String()
	}
	return "tcp:" + l.Addr().String()
}

// Unpack puts the pyflink package into a folder of dir named after its content
// and returns the folder. Files that are there and right are left alone; what a
// crash left half-written is put right the next time.
func Unpack(dst vfs.FS, dir string) (string, error) {
	files := map[string][]byte{}
	sum := sha256.New()
	err := fs.WalkDir(python.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".py" {
			return err
		}
		data, err := python.Files.ReadFile(name)
		files[name] = data
		sum.Write([]byte(name))
		sum.Write(data)
		return err
	})
	if err != nil {
		return "", err
	}
	root := dst.PathJoin(dir, "pyflink-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	for name, data := range files {
		to := dst.PathJoin(root, name)
		if have, err := vfs.ReadFile(dst, to); err == nil && bytes.Equal(have, data) {
			continue
		}
		if err := write(dst, to, data); err != nil {
			return "", err
		}
	}
	return root, nil
}

// write writes a file under another name first: a program that starts at the
// same time must not read a part of it.
func write(dst vfs.FS, name string, data []byte) error {
	if err := dst.MkdirAll(dst.PathDir(name), 0o755); err != nil {
		return err
	}
	f, err := dst.Create(name+".new", vfs.Category)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return dst.Rename(name+".new", name)
}
