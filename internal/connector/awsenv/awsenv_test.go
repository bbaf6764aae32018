package awsenv_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/internal/connector/awsenv"
)

func env(pairs ...string) func(string) string {
	m := map[string]string{"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(k string) string { return m[k] }
}

func TestLoad(t *testing.T) {
	keys := env("AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "S", "AWS_SESSION_TOKEN", "T", "AWS_REGION", "eu-west-1",
		"AWS_ENDPOINT_URL", "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3", "http://127.0.0.1:2")
	for _, c := range []struct {
		name    string
		env     func(string) string
		options map[string]string
		want    string // "key/secret/token region endpoint" or an error's part
	}{
		{"environment", keys, nil, "A/S/T eu-west-1 http://127.0.0.1:1"},
		{"options win", keys, map[string]string{"aws.region": "cn-north-1", "aws.endpoint": "localhost:9", "aws.credentials.provider": "BASIC",
			"aws.credentials.basic.accesskeyid": "B", "aws.credentials.basic.secretkey": "C"}, "B/C/ cn-north-1 https://localhost:9"},
		{"old spelling, no kind", keys, map[string]string{"aws.credentials.provider.basic.accesskeyid": "B",
			"aws.credentials.provider.basic.secretkey": "C"}, "B/C/ eu-west-1 http://127.0.0.1:1"},
		{"half a key", keys, map[string]string{"aws.credentials.provider": "BASIC"}, "basic.secretkey"},
		{"misspelt", keys, map[string]string{"aws.credentials.provider": "BASICS"}, "did you mean 'BASIC'?"},
		{"JVM only", keys, map[string]string{"aws.credentials.provider": "SYS_PROP"}, "needs a JVM"},
		{"no keys", env(), map[string]string{"aws.credentials.provider": "ENV_VAR"}, "AWS_ACCESS_KEY_ID"},
		{"role without name", keys, map[string]string{"aws.credentials.provider": "ASSUME_ROLE"}, "aws.credentials.role.arn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := describe(c.env, c.options); !strings.Contains(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if e := awsenv.Endpoint(keys, "S3", nil); e != "http://127.0.0.1:2" {
		t.Errorf("endpoint of S3 is %s", e)
	}
}

func describe(getenv func(string) string, options map[string]string) string {
	cfg, err := awsenv.Load(context.Background(), getenv, options)
	if err != nil {
		return err.Error()
	}
	c, err := cfg.Credentials.Retrieve(context.Background())
	if err != nil {
		return err.Error()
	}
	endpoint := ""
	if cfg.BaseEndpoint != nil {
		endpoint = *cfg.BaseEndpoint
	}
	return fmt.Sprintf("%s/%s/%s %s %s", c.AccessKeyID, c.SecretAccessKey, c.SessionToken, cfg.Region, endpoint)
}

func TestContainerCredentials(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "sesame" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"AccessKeyId":"K","SecretAccessKey":"L","Token":"M","Expiration":"2999-01-01T00:00:00Z"}`)
	}))
	defer s.Close()
	e := env("AWS_CONTAINER_CREDENTIALS_FULL_URI", s.URL, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token, "AWS_REGION", "x")
	if got := describe(e, nil); got != "K/L/M x " {
		t.Errorf("got %s", got)
	}
}

func TestProfile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials")
	if err := os.WriteFile(file, []byte("[weir]\naws_access_key_id=P\naws_secret_access_key=Q\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := env("AWS_SHARED_CREDENTIALS_FILE", file, "AWS_PROFILE", "weir", "AWS_REGION", "x")
	if got := describe(e, nil); got != "P/Q/ x " {
		t.Errorf("got %s", got)
	}
}
