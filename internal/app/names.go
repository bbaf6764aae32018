package app

import (
	"slices"
	"strings"

	"weir/internal/errs"
)

// shown is how many files of a zip an error lists.
const shown = 20

// list is the names of files for an error.
func list(files []string) string {
	if len(files) == 0 {
		return "no files"
	}
	more := ""
	if len(files) > shown {
		files, more = files[:shown], " and others"
	}
	return strings.Join(files, ", ") + more
}

func contains(files []string, name string) bool { return slices.Contains(files, name) }

// containsDir reports whether a file lies below the directory name.
func containsDir(files []string, name string) bool {
	name = strings.TrimSuffix(name, "/") + "/"
	return slices.ContainsFunc(files, func(f string) bool { return strings.HasPrefix(f, name) })
}

// splitList splits a comma-separated option.
func splitList(option string) []string {
	var names []string
	for n := range strings.SplitSeq(option, ",") {
		if n = strings.TrimPrefix(strings.TrimSpace(n), "./"); n != "" {
			names = append(names, n)
		}
	}
	return names
}

// nearestPath is the file most like name: one of the same base name first.
func nearestPath(name string, files []string) string {
	base := name[strings.LastIndexByte(name, '/')+1:]
	for _, f := range files {
		if f[strings.LastIndexByte(f, '/')+1:] == base {
			return f
		}
	}
	return errs.Nearest(name, files)
}

// sqlWords begin a SQL script.
var sqlWords = []string{"ADD", "ALTER", "ANALYZE", "BEGIN", "CALL", "CREATE", "DESCRIBE", "DROP", "EXECUTE", "EXPLAIN", "INSERT",
	"RESET", "SELECT", "SET", "SHOW", "USE", "VALUES", "WITH"}

// looksLikeSQL tells a SQL script from a Python program by its first word after
// SQL comments.
func looksLikeSQL(text string) bool {
	for {
		text = strings.TrimLeft(text, " \t\r\n\ufeff")
		switch {
		case strings.HasPrefix(text, "--"):
			_, rest, ok := strings.Cut(text, "\n")
			if !ok {
				return true
			}
			text = rest
		case strings.HasPrefix(text, "/*"):
			_, rest, ok := strings.Cut(text, "*/")
			if !ok {
				return true
			}
			text = rest
		default:
			end := strings.IndexFunc(text, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') })
			if end < 0 {
				end = len(text)
			}
			rest := strings.TrimLeft(text[end:], " \t")
			return slices.Contains(sqlWords, strings.ToUpper(text[:end])) && !strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, ".")
		}
	}
}
