package s3_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestBoto3 runs testdata/checks.py, which prints one line a check, against the
// server in three regions.
func TestBoto3(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("SKIPPED: python3 is not here")
	}
	if err := exec.Command(python, "-c", "import boto3").Run(); err != nil {
		t.Skip("SKIPPED: python3 has no boto3 (pip install boto3)")
	}
	for _, region := range []string{"us-east-1", "cn-north-1"} {
		t.Run(region, func(t *testing.T) {
			url, _ := serve(t, region)
			cmd := exec.Command(python, "testdata/checks.py")
			cmd.Env = append(os.Environ(), "S3_URL="+url, "S3_REGION="+region, "S3_ROOT="+rootKey, "S3_ALICE="+aliceKey,
				"S3_SESSION="+sessionKey, "S3_OLD="+oldKey, "S3_SECRET="+secret, "S3_TOKEN="+token,
				"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent")
			out, err := cmd.CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Fatalf("testdata/checks.py: %v; again: go test -run 'TestBoto3/%s' ./internal/aws/svc/s3", err, region)
			}
		})
	}
}

// TestCLI runs testdata/cli.sh with the AWS CLI.
func TestCLI(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("SKIPPED: the AWS CLI is not here (pip install awscli)")
	}
	url, _ := serve(t, "us-east-1")
	cmd := exec.Command("bash", "testdata/cli.sh", t.TempDir())
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+url, "AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID="+rootKey,
		"AWS_SECRET_ACCESS_KEY="+secret, "AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("testdata/cli.sh: %v", err)
	}
}
