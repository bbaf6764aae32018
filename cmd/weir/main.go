// Command weir is Amazon Kinesis Data Analytics for Apache Flink, self-hosted:
// the AWS services around an application, and the engine that runs it, in one
// program. Run `weir help` for its commands.
//
// This package has flags and wiring only.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"weir/internal/errs"
	"weir/internal/runner/program"
)

// The exit codes of every command.
const (
	exitFailed  = 1 // it went wrong while running
	exitInvalid = 2 // the input is wrong
)

func main() {
	root := &cobra.Command{
		Use:           "weir",
		Short:         "Kinesis Data Analytics for Apache Flink, self-hosted",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(commands()...)
	err := root.Execute()
	if err == nil {
		return
	}
	var f *program.Failure
	if errors.As(err, &f) && f.Traceback != "" { // Python has printed it
		os.Exit(exitCode(err))
	}
	fmt.Fprintln(os.Stderr, "weir: "+err.Error())
	os.Exit(exitCode(err))
}

// usageError is a wrong command line.
type usageError struct{ error }

func exitCode(err error) int {
	var u usageError
	if errors.As(err, &u) {
		return exitInvalid
	}
	var f *program.Failure
	if errors.As(err, &f) && !f.OfJob() {
		return exitInvalid
	}
	var e *errs.Error
	if errors.As(err, &e) && (e.Kind == errs.Invalid || e.Kind == errs.Unsupported) {
		return exitInvalid
	}
	return exitFailed
}
