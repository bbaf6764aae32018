package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/internal/aws/profile"
)

// TestInstallKeepsWhatIsThere: twice is once, other profiles stay, and a link to
// a file elsewhere stays a link.
func TestInstallKeepsWhatIsThere(t *testing.T) {
	home, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "config")
	t.Setenv("HOME", home)
	t.Setenv("AWS_CONFIG_FILE", "")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "")
	const mine = "[default]\nregion = eu-west-1\n# mine\n"
	if err := os.WriteFile(elsewhere, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(home, ".aws"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(home, ".aws", "config")); err != nil {
		t.Fatal(err)
	}
	p := profile.Profile{Name: "weir", AccessKey: "AKIAEXAMPLE", Secret: "secret", Region: "us-east-1", Endpoint: "http://127.0.0.1:4566"}
	for range 2 {
		if err := installProfile(p); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(got); !strings.HasPrefix(text, mine) || strings.Count(text, "[profile weir]") != 1 || !strings.Contains(text, "endpoint_url = http://127.0.0.1:4566") {
		t.Errorf("the file linked to has\n%s", text)
	}
	info, err := os.Stat(filepath.Join(home, ".aws", "credentials"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("credentials: %v, %v", info, err)
	}
}
