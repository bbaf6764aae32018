package main

import "github.com/spf13/cobra"

// commands are the subcommands, a line each.
func commands() []*cobra.Command {
	return []*cobra.Command{
		runCommand(),
		serveCommand(),
		sqlGatewayCommand(),
		demoCommand(),
		envCommand(),
		profileCommand(),
		athenaWorkerCommand(),
		applicationCommand(),
	}
}
