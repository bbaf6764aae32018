package awsenv

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"weir/internal/errs"
	"weir/internal/vfs"
)

// kinds are the values of aws.credentials.provider.
var kinds = []string{"AUTO", "BASIC", "ENV_VAR", "PROFILE", "ASSUME_ROLE", "WEB_IDENTITY_TOKEN"}

// kind is the provider asked for; a key pair alone asks for BASIC.
func (s settings) kind() string {
	if k := s.options["aws.credentials.provider"]; k != "" {
		return strings.ToUpper(k)
	}
	if s.options["aws.credentials.basic.accesskeyid"] != "" {
		return "BASIC"
	}
	return "AUTO"
}

// credentials are those the options or the environment give by themselves; nil
// leaves it to the profile files and the SDK. For ASSUME_ROLE they are the
// ones the role is assumed with.
func (s settings) credentials() (aws.CredentialsProvider, error) {
	kind := s.kind()
	if kind == "ASSUME_ROLE" {
		kind = strings.ToUpper(s.first(s.options["aws.credentials.role.provider"], "AUTO"))
	}
	switch kind {
	case "BASIC":
		id, secret := s.options["aws.credentials.basic.accesskeyid"], s.options["aws.credentials.basic.secretkey"]
		if id == "" || secret == "" {
			return nil, errs.New(errs.Invalid, "option.missing",
				"Please set values for AWS Access Key ID ('aws.credentials.basic.accesskeyid') and Secret Key ('aws.credentials.basic.secretkey') when using the BASIC AWS credential provider type.")
		}
		return credentials.NewStaticCredentialsProvider(id, secret, ""), nil
	case "ENV_VAR":
		if p := s.environment(); p != nil {
			return p, nil
		}
		return nil, errs.New(errs.Invalid, "aws.credentials", "aws.credentials.provider is ENV_VAR and AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set")
	case "AUTO":
		if p := s.environment(); p != nil {
			return p, nil
		}
		return s.container(), nil
	case "PROFILE", "WEB_IDENTITY_TOKEN": // the SDK reads the files; assume exchanges the token
		return nil, nil
	}
	e := errs.New(errs.Invalid, "option.value", "Unsupported value '%s' for 'aws.credentials.provider'. Supported values are [%s].", kind, strings.Join(kinds, ", "))
	switch near := errs.Nearest(kind, kinds); {
	case kind == "SYS_PROP" || kind == "CUSTOM":
		return nil, e.WithHint("%s needs a JVM; give the keys with BASIC or ENV_VAR", kind)
	case near != "":
		return nil, e.WithHint("did you mean '%s'?", near)
	}
	return nil, e
}

// environment are the keys of AWS_ACCESS_KEY_ID and its siblings.
func (s settings) environment() aws.CredentialsProvider {
	id, secret := s.getenv("AWS_ACCESS_KEY_ID"), s.getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return nil
	}
	return credentials.NewStaticCredentialsProvider(id, secret, s.getenv("AWS_SESSION_TOKEN"))
}

// container are credentials served over HTTP, which the SDK renews in time.
func (s settings) container() aws.CredentialsProvider {
	uri := s.getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if uri == "" {
		return nil
	}
	p := endpointcreds.New(uri, func(o *endpointcreds.Options) {
		o.AuthorizationToken = s.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
		if file := s.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); file != "" {
			o.AuthorizationTokenProvider = endpointcreds.TokenProviderFunc(func() (string, error) {
				token, err := vfs.ReadFile(vfs.OS(), file)
				return strings.TrimSpace(string(token)), err
			})
		}
	})
	return aws.NewCredentialsCache(p)
}

// assume turns cfg's credentials into a role's when the options ask for it.
func (s settings) assume(cfg aws.Config) (aws.Config, error) {
	kind := s.kind()
	token, role := s.options["aws.credentials.webIdentityToken.file"], s.options["aws.credentials.role.arn"]
	session := s.options["aws.credentials.role.sessionName"]
	if kind == "AUTO" && s.environment() == nil && s.getenv("AWS_WEB_IDENTITY_TOKEN_FILE") != "" {
		kind = "WEB_IDENTITY_TOKEN"
	}
	if kind != "ASSUME_ROLE" && kind != "WEB_IDENTITY_TOKEN" {
		return cfg, nil
	}
	stsConfig := cfg.Copy()
	if e := s.first(s.options["aws.credentials.role.stsEndpoint"], s.getenv("AWS_ENDPOINT_URL_STS"), s.getenv("AWS_ENDPOINT_URL")); e != "" {
		stsConfig.BaseEndpoint = new(withScheme(e))
	} else {
		stsConfig.BaseEndpoint = nil
	}
	if kind == "WEB_IDENTITY_TOKEN" {
		token, role = s.first(token, s.getenv("AWS_WEB_IDENTITY_TOKEN_FILE")), s.first(role, s.getenv("AWS_ROLE_ARN"))
		session = s.first(session, s.getenv("AWS_ROLE_SESSION_NAME"), "weir")
	}
	if role == "" || kind == "WEB_IDENTITY_TOKEN" && token == "" {
		return cfg, errs.New(errs.Invalid, "option.missing", "aws.credentials.provider %s needs aws.credentials.role.arn%s", kind,
			map[bool]string{true: " and aws.credentials.webIdentityToken.file"}[kind == "WEB_IDENTITY_TOKEN"])
	}
	var p aws.CredentialsProvider
	if kind == "WEB_IDENTITY_TOKEN" {
		p = stscreds.NewWebIdentityRoleProvider(sts.NewFromConfig(stsConfig), role, stscreds.IdentityTokenFile(token),
			func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = session })
	} else {
		p = stscreds.NewAssumeRoleProvider(sts.NewFromConfig(stsConfig), role, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = s.first(session, "weir")
			if id := s.options["aws.credentials.role.externalId"]; id != "" {
				o.ExternalID = &id
			}
		})
	}
	cfg.Credentials = aws.NewCredentialsCache(p)
	return cfg, nil
}
