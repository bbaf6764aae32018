// Package profile writes the files by which AWS's own tools find Weir: a config
// and a credentials file with the profile "weir".
//
// Two places: a directory of Weir's own (DATA/aws), which `weir env` points tools
// at and which is written whole; and the user's own files, into which `weir
// profile install` puts the one profile and changes nothing else, not a space.
// Merge is a pure function of text: reading and writing a person's files, with
// their modes and links, is left to the command that was asked to.
package profile

import (
	"fmt"
	"strings"

	"weir/internal/vfs"
)

// The files in Weir's own directory.
const (
	ConfigFile      = "config"
	CredentialsFile = "credentials"
)

// Profile is one way to reach a Weir server.
type Profile struct {
	Name      string // "weir"
	AccessKey string
	Secret    string
	Region    string
	Endpoint  string // http://127.0.0.1:4566
	CABundle  string // the authority's certificate file, when Endpoint is https
}

// configLines and credentialLines are the settings of each file.
func (p Profile) configLines() []string {
	lines := []string{"region = " + p.Region, "endpoint_url = " + p.Endpoint, "output = json"}
	if p.CABundle != "" {
		lines = append(lines, "ca_bundle = "+p.CABundle)
	}
	return lines
}

func (p Profile) credentialLines() []string {
	return []string{"aws_access_key_id = " + p.AccessKey, "aws_secret_access_key = " + p.Secret}
}

// Write writes the two files into dir of fs, with the profile under its name and
// as the default.
func Write(fs vfs.FS, dir string, p Profile) error {
	if err := fs.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making %s for the AWS profile: %w", dir, err)
	}
	config := section("default", p.configLines()) + "\n" + section("profile "+p.Name, p.configLines())
	creds := section("default", p.credentialLines()) + "\n" + section(p.Name, p.credentialLines())
	if err := vfs.WriteFile(fs, fs.PathJoin(dir, ConfigFile), []byte(config)); err != nil {
		return fmt.Errorf("writing the AWS config: %w", err)
	}
	if err := vfs.WriteFile(fs, fs.PathJoin(dir, CredentialsFile), []byte(creds)); err != nil {
		return fmt.Errorf("writing the AWS credentials: %w", err)
	}
	return nil
}

// Env are the variables, name and value, that point AWS's tools at the files
// Write wrote into dir.
func Env(fs vfs.FS, dir string, p Profile) [][2]string {
	env := [][2]string{
		{"AWS_ENDPOINT_URL", p.Endpoint},
		{"AWS_CONFIG_FILE", fs.PathJoin(dir, ConfigFile)},
		{"AWS_SHARED_CREDENTIALS_FILE", fs.PathJoin(dir, CredentialsFile)},
		{"AWS_PROFILE", p.Name},
		{"AWS_REGION", p.Region},
		{"AWS_DEFAULT_REGION", p.Region},
	}
	if p.CABundle != "" {
		env = append(env, [2]string{"AWS_CA_BUNDLE", p.CABundle})
	}
	return env
}

// MergeConfig is a user's config file with the profile in it.
func MergeConfig(text string, p Profile) string {
	return merge(text, "profile "+p.Name, p.configLines())
}

// MergeCredentials is a user's credentials file with the profile in it.
func MergeCredentials(text string, p Profile) string {
	return merge(text, p.Name, p.credentialLines())
}

func section(name string, lines []string) string {
	return "[" + name + "]\n" + strings.Join(lines, "\n") + "\n"
}

// merge puts a section into an ini text: in the place of the one there is, else
// at the end. Every other line stays as it is.
func merge(text, name string, lines []string) string {
	eol := "\n"
	if strings.Contains(text, "\r\n") {
		eol = "\r\n"
	}
	body := strings.ReplaceAll(section(name, lines), "\n", eol)
	begin, end := find(text, name)
	if begin < 0 {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += eol
		}
		if strings.TrimSpace(text) != "" {
			text += eol
		}
		return text + body
	}
	return text[:begin] + body + text[end:]
}

// find is where a section's lines begin and end, without the blank and comment
// lines before the next one; begin is -1 when there is none.
func find(text, name string) (begin, end int) {
	begin = -1
	at := 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		trimmed := strings.TrimSpace(line)
		isHeader := strings.HasPrefix(trimmed, "[")
		switch {
		case isHeader && begin >= 0:
			return begin, end
		case isHeader && headerName(trimmed) == name:
			begin = at
			end = at + len(line)
		case begin >= 0 && trimmed != "" && trimmed[0] != '#' && trimmed[0] != ';':
			end = at + len(line)
		}
		at += len(line)
	}
	return begin, end
}

// headerName is the name in [ name ], spaces made one.
func headerName(line string) string {
	inner, _, _ := strings.Cut(strings.TrimPrefix(line, "["), "]")
	return strings.Join(strings.Fields(strings.ReplaceAll(inner, `"`, "")), " ")
}
