package demo

import (
	"context"
	_ "embed" // the program
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"weir/internal/clock"
)

//go:embed program.py
var program []byte

// Config says where the server is and where to write.
type Config struct {
	Endpoint  string
	Region    string
	Partition string
	Account   string
	AccessKey string
	Secret    string
	HTTP      *http.Client
	Clock     clock.Clock
	Out       io.Writer
	// Terminal: progress bars are drawn; otherwise waiting is told by lines.
	Terminal bool
}

// The names of what the demo makes.
const (
	streamName = "demo-input-stream"
	appName    = "demo-application"
	roleName   = "demo-role"
	groupName  = "/aws/kinesis-analytics/" + appName
	logStream  = "kinesis-analytics-log-stream"
	database   = "demo"
	crawler    = "demo-crawler"
	codeKey    = "demo-application.zip"
)

// Result is what the demo found.
type Result struct {
	Bucket    string
	Dashboard string // presigned URL
}

// demo is a walk-through under way.
type demo struct {
	Config
	*caller
	screen *screen
	s3     *s3.Client
	bucket string
	sent   []tick
	want   map[window]float64
}

// Run goes through the walk-through. The error says which step failed, or how
// the averages differ.
func Run(ctx context.Context, cfg Config) (Result, error) {
	creds := aws.Credentials{AccessKeyID: cfg.AccessKey, SecretAccessKey: cfg.Secret}
	d := &demo{Config: cfg, screen: newScreen(cfg), bucket: "demo-bucket-" + cfg.Account,
		caller: &caller{endpoint: cfg.Endpoint, region: cfg.Region, creds: creds, http: cfg.HTTP, cfg: &cfg}}
	d.s3 = s3.New(s3.Options{BaseEndpoint: &cfg.Endpoint, Region: cfg.Region, UsePathStyle: true, HTTPClient: cfg.HTTP,
		Credentials: credentials.StaticCredentialsProvider{Value: creds}})
	for _, step := range []struct {
		call string
		do   func(context.Context) (string, error)
	}{
		{"kinesis CreateStream", d.createStream},
		{"s3 CreateBucket, PutObject", d.createBucket},
		{"iam CreateRole, PutRolePolicy", d.createRole},
		{"logs CreateLogGroup, CreateLogStream", d.createLogs},
		{"kinesisanalytics CreateApplication", d.createApplication},
		{"kinesisanalytics StartApplication", d.startApplication},
		{"kinesis PutRecords", d.putRecords},
		{"s3 ListObjectsV2", d.awaitFiles},
		{"glue CreateDatabase, CreateCrawler, StartCrawler", d.crawl},
		{"athena StartQueryExecution, GetQueryResults", d.query},
	} {
		began := cfg.Clock.Now()
		result, err := step.do(ctx)
		if err != nil {
			d.screen.failed(step.call)
			return Result{}, err
		}
		d.screen.done(step.call, result, cfg.Clock.Now().Sub(began))
	}
	url, err := d.dashboard(ctx)
	return Result{Bucket: d.bucket, Dashboard: url}, err
}

// until calls f until it says that it is done, telling how far it has come.
func (d *demo) until(ctx context.Context, what string, total int, f func() (come int, done bool, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	bar := d.screen.wait(what, total)
	defer bar.end()
	for {
		come, done, err := f()
		if err != nil || done {
			bar.at(total)
			return err
		}
		bar.at(come)
		c, stop := d.Clock.After(200 * time.Millisecond)
		select {
		case <-c:
		case <-ctx.Done():
			stop()
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		}
	}
}
