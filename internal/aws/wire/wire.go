// Package wire is what every AWS operation of Weir is written against: the
// call, the handler, the error.
//
// Vocabulary. A Call is one authenticated, validated, authorised request. A
// Handler turns its input shape into its output shape and holds behaviour
// only: protocols, signatures, validation and permissions are done before it,
// by internal/aws/gateway, for every service alike. A Service is a table of
// handlers with what the gateway must know to authorise them.
//
// A handler must not read the HTTP request, check a permission or repeat a
// constraint of the model; an error it returns that is not an *Error is
// answered as InternalFailure (500) and logged.
package wire

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Call is one request as a handler sees it.
type Call struct {
	context.Context
	RequestID string
	Service   string // the model's name: "kinesis", "kinesisanalyticsv2"
	Operation string
	Account   string // 012345678901
	Region    string // of the request's scope
	Partition string // "aws", "aws-cn", "aws-us-gov"
	Principal Principal
	Now       time.Time
	SourceIP  string
	UserAgent string
	Secure    bool // arrived over TLS

	// Authorizer answers May and MayPassRole. The gateway always sets it; a Call
	// made by hand in a test without one may do everything.
	Authorizer Authorizer
	// Conditions are condition keys of one decision beyond those the call itself
	// gives: the tags of its input, iam:PassedToService. Who asks sets them.
	Conditions map[string][]string
}

// Authorizer decides whether the call's principal may do action on resources
// (ARNs; none means "*"); a refusal is an *Error in AWS's words.
type Authorizer interface {
	Authorize(c *Call, action string, resources []string) error
}

// May asks whether the caller may do action ("s3:GetObject") on a resource; nil
// means yes, else the error is what AWS answers.
func (c *Call) May(action, resource string) error {
	if c.Principal.Root || c.Authorizer == nil {
		return nil
	}
	return c.Authorizer.Authorize(c, action, []string{resource})
}

// MayPassRole asks whether the caller may hand the role to a service
// ("kinesisanalytics.amazonaws.com"): iam:PassRole with iam:PassedToService.
func (c *Call) MayPassRole(roleARN, service string) error {
	asked := *c
	asked.Conditions = map[string][]string{"iam:PassedToService": {service}}
	return asked.May("iam:PassRole", roleARN)
}

// ARN is arn:<partition>:<service>:<region>:<account>:<resource> in the
// call's partition, region and account.
func (c *Call) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", c.Partition, service, c.Region, c.Account, resource)
}

// Principal is who signed the request.
type Principal struct {
	ARN       string // arn:aws:iam::…:user/x, arn:aws:sts::…:assumed-role/r/s, arn:aws:iam::…:root
	Account   string
	UserID    string // AIDA…, AROA…:session, the account id for root
	UserName  string // IAM users only
	RoleName  string // assumed roles only
	AccessKey string
	Root      bool
	Policies  []string // session policies (JSON), when assumed with some
}

// Handler runs one operation: in is a pointer to its input shape, the result a
// pointer to its output shape.
type Handler struct {
	// New makes an empty input shape.
	New func() any
	// Run does the work.
	Run func(c *Call, in any) (any, error)
}

// Ops are a service's handlers by operation name.
type Ops map[string]Handler

// Handle makes a Handler of a typed function.
func Handle[In, Out any](f func(*Call, *In) (*Out, error)) Handler {
	return Handler{
		New: func() any { return new(In) },
		Run: func(c *Call, in any) (any, error) {
			out, err := f(c, in.(*In))
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// Service is one AWS service behind the gateway.
type Service interface {
	// Name is the model's directory name: "kinesis", "logs", "kinesisanalyticsv2".
	Name() string
	// Ops are the operations served; every one is named in the service's ops.txt.
	Ops() Ops
	// Resources are the ARNs that op acts on, for authorisation; nil means "*".
	// It must not fail: an input that names nothing yields nil.
	Resources(c *Call, op string, in any) []string
}

// Credentials knows the access keys.
type Credentials interface {
	// Credentials is the secret of an access key, the session token it must come
	// with ("" for a lasting key), whose it is, and when it ends (zero: never).
	// An unknown or inactive key is ErrUnknownKey.
	Credentials(ctx context.Context, accessKey string) (secret, sessionToken string, p Principal, expiry time.Time, err error)
}

// ErrUnknownKey says that an access key does not exist or is inactive.
var ErrUnknownKey = errors.New("unknown access key")

// SelfAuthorizer is a Service some of whose operations decide themselves who
// may call them (sts:AssumeRole asks the role's trust policy); the gateway does
// not ask the Authorizer for those.
type SelfAuthorizer interface {
	Authorizes(op string) bool
}

// Error is an error an AWS client sees.
type Error struct {
	Code    string // the shape's name or query error code: ResourceNotFoundException
	Message string
	Status  int            // 0: as the model says, else 400
	Fields  map[string]any // further members of the error shape
}

// Error is "Code: message".
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns an *Error with a formatted message.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
