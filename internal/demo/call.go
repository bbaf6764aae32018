package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// caller makes signed calls of AWS's JSON and query protocols.
type caller struct {
	endpoint, region string
	creds            aws.Credentials
	http             *http.Client
	cfg              *Config
}

// targets are the services' target prefixes and names in signatures.
var targets = map[string][2]string{
	"kinesis":          {"Kinesis_20131202", "kinesis"},
	"logs":             {"Logs_20140328", "logs"},
	"kinesisanalytics": {"KinesisAnalytics_20180523", "kinesisanalytics"},
	"glue":             {"AWSGlue", "glue"},
	"athena":           {"AmazonAthena", "athena"},
}

// json makes a call of the JSON protocol; out may be nil.
func (c *caller) json(ctx context.Context, service, op string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	t := targets[service]
	data, err := c.send(ctx, t[1], body, map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": t[0] + "." + op})
	if err != nil {
		return fmt.Errorf("%s %s: %w", service, op, err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s %s: reading the answer: %w", service, op, err)
	}
	return nil
}

// query makes a call of IAM.
func (c *caller) query(ctx context.Context, op string, in map[string]string) error {
	form := url.Values{"Action": {op}, "Version": {"2010-05-08"}}
	for k, v := range in {
		form.Set(k, v)
	}
	_, err := c.send(ctx, "iam", []byte(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if err != nil {
		return fmt.Errorf("iam %s: %w", op, err)
	}
	return nil
}

func (c *caller) send(ctx context.Context, service string, body []byte, headers map[string]string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, c.creds, req, hex.EncodeToString(sum[:]), service, c.region, c.cfg.Clock.Now()); err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(resp.Body)
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, data)
	}
	return data, err
}
