package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"weir/internal/aws/profile"
	"weir/internal/vfs"
)

// envCommand prints what a shell needs to reach a server.
func envCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use:   "env",
		Short: "Print the exports by which AWS's tools reach the server: eval \"$(weir env)\"",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := savedProfile(data)
			if err != nil {
				return err
			}
			dir, err := filepath.Abs(filepath.Join(data, "aws")) // the shell will be elsewhere
			if err != nil {
				return err
			}
			// Keys in the shell would go before the profile's.
			fmt.Println("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN")
			for _, kv := range profile.Env(vfs.OS(), dir, p) {
				fmt.Printf("export %s='%s'\n", kv[0], strings.ReplaceAll(kv[1], "'", `'\''`))
			}
			return nil
		},
	}
	c.Flags().StringVar(&data, "data", defaultData(), "the server's data directory")
	return c
}

// profileCommand has `weir profile install`.
func profileCommand() *cobra.Command {
	var data string
	parent := &cobra.Command{Use: "profile", Short: "The AWS profile of the server"}
	install := &cobra.Command{
		Use:   "install",
		Short: "Add the profile weir to your own AWS files; everything else in them stays as it is",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := savedProfile(data)
			if err != nil {
				return err
			}
			return installProfile(p)
		},
	}
	install.Flags().StringVar(&data, "data", defaultData(), "the server's data directory")
	parent.AddCommand(install)
	return parent
}

// savedProfile reads the profile that the server wrote.
func savedProfile(data string) (profile.Profile, error) {
	values := map[string]string{}
	for _, name := range []string{profile.ConfigFile, profile.CredentialsFile} {
		text, err := os.ReadFile(filepath.Join(data, "aws", name))
		if errors.Is(err, fs.ErrNotExist) {
			return profile.Profile{}, usageError{fmt.Errorf("no server has run on %s yet: start one with weir serve --data %s", data, data)}
		}
		if err != nil {
			return profile.Profile{}, err
		}
		for _, line := range strings.Split(string(text), "\n") {
			if k, v, ok := strings.Cut(line, "="); ok {
				values[strings.TrimSpace(k)] = strings.TrimSpace(v)
			}
		}
	}
	return profile.Profile{Name: "weir", AccessKey: values["aws_access_key_id"], Secret: values["aws_secret_access_key"],
		Region: values["region"], Endpoint: values["endpoint_url"], CABundle: values["ca_bundle"]}, nil
}

// installProfile merges p into the user's own files.
func installProfile(p profile.Profile) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		env, name string
		merge     func(string, profile.Profile) string
	}{
		{"AWS_CONFIG_FILE", "config", profile.MergeConfig},
		{"AWS_SHARED_CREDENTIALS_FILE", "credentials", profile.MergeCredentials},
	} {
		path := os.Getenv(f.env)
		if path == "" {
			path = filepath.Join(home, ".aws", f.name)
		}
		old, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := writePrivate(path, []byte(f.merge(string(old), p))); err != nil {
			return err
		}
		fmt.Printf("profile %s is in %s\n", p.Name, path)
	}
	return nil
}

// writePrivate replaces a file whole, readable by its owner only; a link to a file
// elsewhere stays one.
func writePrivate(path string, data []byte) error {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp := path + ".weir"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
