// Command load puts records into a Kinesis stream as fast as it may, with the
// Go SDK, and prints how many a second were acknowledged.
//
//	load -stream ticks -batch 500 -connections 4 -seconds 5     PutRecords
//	load -stream ticks -batch 1 -connections 64 -seconds 5      PutRecord
//
// Region, endpoint and credentials come from the environment. A refused record
// ends the run: a rate over failures would mean nothing.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

type load struct {
	stream      string
	batch, size int
	connections int
	records     int64
	d           time.Duration
	client      *kinesis.Client
	done        atomic.Int64
}

func main() {
	var l load
	flag.StringVar(&l.stream, "stream", "", "the stream")
	flag.IntVar(&l.batch, "batch", 500, "records a PutRecords; 1 is PutRecord")
	flag.IntVar(&l.size, "size", 200, "bytes a record")
	flag.IntVar(&l.connections, "connections", 4, "clients at work side by side")
	flag.Int64Var(&l.records, "records", 1<<62, "stop after so many records")
	flag.DurationVar(&l.d, "for", 5*time.Second, "stop after so long")
	flag.Parse()
	debug.SetGCPercent(400) // the client shares the machine: let it be cheap
	if err := l.run(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func (l *load) run() error {
	ctx := context.Background()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = l.connections
	cfg, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		return err
	}
	l.client = kinesis.NewFromConfig(cfg)
	began := time.Now()
	errs := make(chan error, l.connections)
	var all sync.WaitGroup
	for c := range l.connections {
		all.Go(func() { errs <- l.connection(ctx, c, began) })
	}
	all.Wait()
	close(errs)
	for e := range errs {
		err = errors.Join(err, e)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%.0f\n", float64(l.done.Load())/time.Since(began).Seconds())
	return nil
}

// connection puts until the time or the records are over.
func (l *load) connection(ctx context.Context, c int, began time.Time) error {
	data := fmt.Appendf(nil, `{"event_time":"2021-09-01T12:00:00.123456","ticker":"AAPL","price":%d.25,"pad":"`, c)
	data = append(append(data, bytes.Repeat([]byte("x"), max(0, l.size-len(data)-2))...), `"}`...)
	for n := 0; time.Since(began) < l.d && l.done.Add(int64(l.batch)) <= l.records; n++ {
		if err := l.put(ctx, data, strconv.Itoa(c*1_000_000+n)); err != nil {
			return err
		}
	}
	return nil
}

func (l *load) put(ctx context.Context, data []byte, key string) error {
	if l.batch == 1 {
		_, err := l.client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &l.stream, Data: data, PartitionKey: &key})
		return err
	}
	in := &kinesis.PutRecordsInput{StreamName: &l.stream, Records: make([]types.PutRecordsRequestEntry, l.batch)}
	for i := range in.Records {
		in.Records[i] = types.PutRecordsRequestEntry{Data: data, PartitionKey: aws.String(key + strconv.Itoa(i))}
	}
	out, err := l.client.PutRecords(ctx, in)
	if err == nil && aws.ToInt32(out.FailedRecordCount) != 0 {
		err = fmt.Errorf("%d of %d records were refused", *out.FailedRecordCount, l.batch)
	}
	return err
}
