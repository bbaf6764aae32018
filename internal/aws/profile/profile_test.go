package profile

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"weir/internal/vfs"
)

func weir() Profile {
	return Profile{Name: "weir", AccessKey: "AKIA1", Secret: "s3cret/+=", Region: "cn-north-1", Endpoint: "http://127.0.0.1:4566"}
}

// TestMerge runs testdata/merge: a user's file before, and after.
func TestMerge(t *testing.T) {
	datadriven.RunTest(t, "testdata/merge", func(t *testing.T, d *datadriven.TestData) string {
		input := strings.NewReplacer("~\n", "\n", "<CR>", "\r").Replace(d.Input)
		if input != "" {
			input += "\n"
		}
		f := MergeConfig
		if d.Cmd == "credentials" {
			f = MergeCredentials
		}
		out := f(input, weir())
		if again := f(out, weir()); again != out {
			t.Errorf("%s: a second merge changed the file:\n%s", d.Pos, again)
		}
		return strings.NewReplacer("\r", "<CR>", "\n\n", "\n~\n").Replace(out)
	})
}

func TestAWSReadsTheFiles(t *testing.T) {
	dir := t.TempDir()
	fs := vfs.OS()
	if err := Write(fs, dir, weir()); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("python3", "-c", "import botocore").Run(); err != nil {
		t.Skip("SKIPPED: python3 has no botocore")
	}
	for _, name := range []string{"default", "weir"} {
		cmd := exec.Command("python3", "-c", `
import sys, botocore.session
s = botocore.session.Session(profile=sys.argv[1])
c = s.create_client("kinesis")
k = s.get_credentials()
print(c.meta.endpoint_url, c.meta.region_name, k.access_key, k.secret_key)`, name)
		cmd.Env = append(os.Environ(), "AWS_CONFIG_FILE="+filepath.Join(dir, ConfigFile), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(dir, CredentialsFile))
		out, err := cmd.CombinedOutput()
		if want := "http://127.0.0.1:4566 cn-north-1 AKIA1 s3cret/+=\n"; err != nil || string(out) != want {
			t.Errorf("profile %s: %v %s", name, err, out)
		}
	}
}
