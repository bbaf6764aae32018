// Package awsenv finds what a connector needs to speak to AWS: region,
// endpoint and credentials, from a table's options and the environment.
//
// Table options come first (aws.region, aws.endpoint, aws.credentials.…, in
// the spelling of every Flink connector: aws.credentials.provider.basic.… is
// aws.credentials.basic.…), then the environment variables every AWS SDK
// reads, then the shared profile files and what the SDK falls back on. The
// environment is a function, so that an application's own credentials are
// never mixed up with the process's.
//
// The package makes configurations, no service clients; it opens nothing that
// it was not told to.
package awsenv

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"

	"weir/internal/errs"
)

// Names are the table options read here, for the option check of a connector.
var Names = []string{"aws.region", "aws.endpoint", "aws.trust.all.certificates", "aws.credentials.*"}

// Load makes the configuration. Its BaseEndpoint is the one of aws.endpoint or
// AWS_ENDPOINT_URL; see Endpoint for that of one service. Region is "" when
// nothing names one.
func Load(ctx context.Context, getenv func(string) string, options map[string]string) (aws.Config, error) {
	s := settings{getenv: getenv, options: normal(options)}
	opts := []func(*config.LoadOptions) error{
		config.WithRegion(s.first(s.options["aws.region"], getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION"))),
		config.WithSharedConfigProfile(s.first(s.options["aws.credentials.profile.name"], getenv("AWS_PROFILE"))),
	}
	if f := s.first(s.options["aws.credentials.profile.path"], getenv("AWS_SHARED_CREDENTIALS_FILE")); f != "" {
		opts = append(opts, config.WithSharedCredentialsFiles([]string{f}))
	}
	if f := getenv("AWS_CONFIG_FILE"); f != "" {
		opts = append(opts, config.WithSharedConfigFiles([]string{f}))
	}
	if strings.EqualFold(s.options["aws.trust.all.certificates"], "true") {
		opts = append(opts, config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the user's own wish
		})))
	}
	creds, err := s.credentials()
	if err != nil {
		return aws.Config{}, err
	}
	if creds != nil {
		opts = append(opts, config.WithCredentialsProvider(creds))
	}
	cfg, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return aws.Config{}, errs.New(errs.Failed, "aws.config", "cannot set up access to AWS").Because(err)
	}
	if e := Endpoint(getenv, "", options); e != "" {
		cfg.BaseEndpoint = &e
	}
	return s.assume(cfg)
}

// Endpoint is the URL at which service ("S3", "KINESIS"; "" for any) is
// reached, "" for AWS's own.
func Endpoint(getenv func(string) string, service string, options map[string]string) string {
	if e := options["aws.endpoint"]; e != "" {
		return withScheme(e)
	}
	if service != "" {
		if e := getenv("AWS_ENDPOINT_URL_" + service); e != "" {
			return withScheme(e)
		}
	}
	if e := getenv("AWS_ENDPOINT_URL"); e != "" {
		return withScheme(e)
	}
	return ""
}

func withScheme(endpoint string) string {
	if strings.Contains(endpoint, "://") {
		return endpoint
	}
	return "https://" + endpoint
}

// normal spells the options of the older connectors as the newer ones do.
func normal(options map[string]string) map[string]string {
	m := make(map[string]string, len(options))
	for k, v := range options {
		if rest, ok := strings.CutPrefix(k, "aws.credentials.provider."); ok {
			k = "aws.credentials." + rest
		}
		m[k] = v
	}
	return m
}

type settings struct {
	getenv  func(string) string
	options map[string]string
}

// first is the first text that is not empty.
func (settings) first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
