// Package app opens an application as Kinesis Data Analytics has it: a zip (or
// plain text) with a program, and property groups that say what to run.
//
// Vocabulary. A bundle is an application unpacked: the entry file, what its
// Python may import beside it, and the application_properties.json the program
// reads. The run options are the property group
// kinesis.analytics.flink.run.options with the keys python (the entry file),
// pyFiles, pyArchives and jarfile.
//
// Invariants. Nothing is written outside the directory given, whatever the zip
// says; what is too large is refused before it fills the disk. The package must
// not run anything, nor know AWS: `weir run` and the runners do.
package app

import (
	"bytes"
	"fmt"
	"io"
	"sort"
	"strings"

	"weir/internal/errs"
	"weir/internal/vfs"
)

// RunOptions is the property group that says what to run.
const RunOptions = "kinesis.analytics.flink.run.options"

// PropertiesFile is the name of the file of the property groups, below the
// bundle's directory; programs know it as /etc/flink/application_properties.json.
const PropertiesFile = "application_properties.json"

// Kind is what an entry file is.
type Kind string

// The kinds of entry file.
const (
	Python Kind = "python"
	SQL    Kind = "sql"
)

// Bundle is an application unpacked.
type Bundle struct {
	Dir   string // holds everything below
	Code  string // the directory the zip was unpacked into
	Entry string // the program's path
	Kind  Kind
	// PyFiles are the directories, modules and packages (zip) of pyFiles, in the
	// order given; the entry's own directory is not among them.
	PyFiles    []string
	Properties Properties
	// PropertiesPath is the path of the file made of Properties.
	PropertiesPath string
	// Notes are for the log: what was accepted and has no effect.
	Notes []string
}

// Open unpacks the zip at path into dir, which is created when it is not there.
func Open(fs vfs.FS, path, dir string, properties Properties) (*Bundle, error) {
	f, err := fs.Open(path)
	if err != nil {
		return nil, errs.New(errs.Invalid, "app.zip", "the application's code cannot be read").Because(err)
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing is lost
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the application's code: %w", err)
	}
	return openZip(fs, f, info.Size(), dir, properties)
}

// OpenBytes unpacks a zip in memory into dir.
func OpenBytes(fs vfs.FS, zip []byte, dir string, properties Properties) (*Bundle, error) {
	return openZip(fs, bytes.NewReader(zip), int64(len(zip)), dir, properties)
}

// OpenText makes a bundle of a program given as text (PLAINTEXT code): a SQL
// script when it begins like one, else Python.
func OpenText(fs vfs.FS, text, dir string, properties Properties) (*Bundle, error) {
	name, kind := "main.py", Python
	if looksLikeSQL(text) {
		name, kind = "main.sql", SQL
	}
	b, err := newBundle(fs, dir, properties)
	if err != nil {
		return nil, err
	}
	b.Entry, b.Kind = fs.PathJoin(b.Code, name), kind
	if err := vfs.WriteFile(fs, b.Entry, []byte(text)); err != nil {
		return nil, fmt.Errorf("writing the application's code: %w", err)
	}
	return b, nil
}

func openZip(fs vfs.FS, r io.ReaderAt, size int64, dir string, properties Properties) (*Bundle, error) {
	b, err := newBundle(fs, dir, properties)
	if err != nil {
		return nil, err
	}
	files, err := unpack(fs, r, size, b.Code)
	if err != nil {
		return nil, err
	}
	options, _ := properties.Group(RunOptions)
	if err := b.findEntry(fs, options, files); err != nil {
		return nil, err
	}
	if err := b.findPyFiles(fs, options["pyFiles"], files); err != nil {
		return nil, err
	}
	if err := b.unpackArchives(fs, options["pyArchives"], files); err != nil {
		return nil, err
	}
	return b, b.otherOptions(options, files)
}

// newBundle prepares the directory: an older unpacking is removed.
func newBundle(fs vfs.FS, dir string, properties Properties) (*Bundle, error) {
	b := &Bundle{Dir: dir, Code: fs.PathJoin(dir, "code"), Properties: properties, PropertiesPath: fs.PathJoin(dir, PropertiesFile)}
	if err := properties.check(); err != nil {
		return nil, err
	}
	if err := fs.RemoveAll(b.Code); err != nil {
		return nil, fmt.Errorf("clearing the application's directory: %w", err)
	}
	if err := fs.MkdirAll(b.Code, 0o755); err != nil {
		return nil, fmt.Errorf("making the application's directory: %w", err)
	}
	if err := vfs.WriteFile(fs, b.PropertiesPath, properties.JSON()); err != nil {
		return nil, fmt.Errorf("writing the application's properties: %w", err)
	}
	return b, nil
}

// findEntry finds the file that the option python names or, without options,
// the only program at the top of the zip.
func (b *Bundle) findEntry(fs vfs.FS, options map[string]string, files []string) error {
	name := strings.TrimPrefix(options["python"], "./")
	if name == "" {
		var err error
		if name, err = onlyProgram(options, files); err != nil {
			return err
		}
	}
	if !contains(files, name) {
		e := errs.New(errs.Invalid, "app.entry", "the entry file '%s' (key python of property group %s) is not in the zip, which has %s", name, RunOptions, list(files))
		if near := nearestPath(name, files); near != "" {
			return e.WithHint("did you mean '%s'?", near)
		}
		return e
	}
	b.Entry, b.Kind = fs.PathJoin(b.Code, name), Python
	if strings.HasSuffix(strings.ToLower(name), ".sql") {
		b.Kind = SQL
	}
	return nil
}

func onlyProgram(options map[string]string, files []string) (string, error) {
	var top []string
	java := false
	for _, f := range files {
		java = java || f == "META-INF/MANIFEST.MF"
		if !strings.Contains(f, "/") && (strings.HasSuffix(f, ".py") || strings.HasSuffix(f, ".sql")) {
			top = append(top, f)
		}
	}
	switch {
	case len(top) == 1:
		return top[0], nil
	case java || options["jarfile"] != "":
		return "", errs.New(errs.Unsupported, "app.java", "this is a Java application: Weir runs PyFlink and Flink SQL programs itself and no Java code").
			WithHint("name the PyFlink program by the key python of property group %s", RunOptions)
	}
	return "", errs.New(errs.Invalid, "app.entry", "nothing says which file to run: property group %s has no key python; the zip has %s", RunOptions, list(files))
}

// findPyFiles resolves the comma-separated option pyFiles.
func (b *Bundle) findPyFiles(fs vfs.FS, option string, files []string) error {
	for _, name := range splitList(option) {
		if !contains(files, name) && !containsDir(files, name) {
			return errs.New(errs.Invalid, "app.pyfiles", "'%s' of pyFiles (property group %s) is not in the zip, which has %s", name, RunOptions, list(files))
		}
		b.PyFiles = append(b.PyFiles, fs.PathJoin(b.Code, strings.TrimSuffix(name, "/")))
	}
	return nil
}

// unpackArchives unpacks pyArchives ("data.zip#data") beside the code, as Flink
// does in the working directory.
func (b *Bundle) unpackArchives(fs vfs.FS, option string, files []string) error {
	for _, name := range splitList(option) {
		archive, target, named := strings.Cut(name, "#")
		if !named {
			target = archive[strings.LastIndexByte(archive, '/')+1:]
		}
		if !contains(files, archive) {
			return errs.New(errs.Invalid, "app.pyarchives", "'%s' of pyArchives (property group %s) is not in the zip, which has %s", archive, RunOptions, list(files))
		}
		data, err := vfs.ReadFile(fs, fs.PathJoin(b.Code, archive))
		if err != nil {
			return fmt.Errorf("reading %s: %w", archive, err)
		}
		into, err := safePath(target)
		if err != nil {
			return err
		}
		if into == archive { // the unpacked directory takes the archive's place
			if err := fs.Remove(fs.PathJoin(b.Code, archive)); err != nil {
				return fmt.Errorf("unpacking %s: %w", archive, err)
			}
		}
		if _, err := unpack(fs, bytes.NewReader(data), int64(len(data)), fs.PathJoin(b.Code, into)); err != nil {
			return err
		}
	}
	return nil
}

// otherOptions judges the options that are neither entry nor Python path.
func (b *Bundle) otherOptions(options map[string]string, files []string) error {
	known := []string{"python", "pyFiles", "pyArchives", "jarfile"}
	keys := make([]string, 0, len(options))
	for k := range options {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		switch {
		case k == "jarfile":
			note := "the jar '" + options[k] + "' is accepted and not used: Weir's connectors are built in"
			if !contains(files, strings.TrimPrefix(options[k], "./")) {
				note = "the jar '" + options[k] + "' is not in the zip; it is not needed: Weir's connectors are built in"
			}
			b.Notes = append(b.Notes, note)
		case k == "pyModule" || k == "pyExecutable" || k == "pyRequirements":
			return errs.New(errs.Invalid, "app.option", "%s is not supported in property group %s", k, RunOptions).
				WithHint("the managed service does not support it either; use python, pyFiles, pyArchives")
		case !contains(known, k):
			note := "key '" + k + "' of property group " + RunOptions + " has no meaning"
			if near := errs.Nearest(k, known); near != "" {
				note += "; did you mean '" + near + "'?"
			}
			b.Notes = append(b.Notes, note)
		}
	}
	return nil
}
