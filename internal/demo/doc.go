// Package demo goes through the walk-through over the public APIs only, as a
// user would: stream, bucket, role, log group, application, records, files in
// S3, crawler, query. Nothing in it reaches into the server.
//
// The averages that come back from Athena are compared with averages computed
// here from the records that were sent; a difference is an error.
package demo
