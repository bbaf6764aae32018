package s3

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"maps"
	"net/http"
	"strings"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/s3err"

	"weir/internal/aws/wire"
)

// secureMark before a session token in an auth.Account says that the request
// came over TLS, which versitygw does not tell when it asks for rights.
const secureMark = "\x00tls"

// bridge lets versitygw ask our credentials and policies. Its interfaces are
// auth.IAMService, SigningKeyProvider, PolicyEvaluator, PrincipalResolver and
// FixedBucketOwner; a missing one would silently switch a check off.
type bridge struct{ deps Deps }

var (
	_ auth.IAMService         = (*bridge)(nil)
	_ auth.SigningKeyProvider = (*bridge)(nil)
	_ auth.PolicyEvaluator    = (*bridge)(nil)
	_ auth.PrincipalResolver  = (*bridge)(nil)
	_ auth.FixedBucketOwner   = (*bridge)(nil)
)

// DeriveSigningKey implements auth.SigningKeyProvider.
func (b *bridge) DeriveSigningKey(access, token, date, region, service string) ([]byte, auth.Account, error) {
	secret, want, p, expiry, err := b.deps.Credentials.Credentials(context.Background(), strings.Clone(access))
	if errors.Is(err, wire.ErrUnknownKey) {
		return nil, auth.Account{}, auth.ErrNoSuchUser
	}
	if err != nil {
		return nil, auth.Account{}, err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(token)) != 1 {
		return nil, auth.Account{}, auth.ErrInvalidSessionToken
	}
	if !expiry.IsZero() && !b.deps.Clock.Now().Before(expiry) {
		return nil, auth.Account{}, errExpiredToken
	}
	return signingKey(secret, date, region, service), b.account(access, p), nil
}

// errExpiredToken is S3's answer to a session that has ended.
var errExpiredToken = s3err.APIError{
	Code: "ExpiredToken", Description: "The provided token has expired.", HTTPStatusCode: http.StatusBadRequest,
}

func signingKey(secret, date, region, service string) []byte {
	key := []byte("AWS4" + secret)
	for _, part := range []string{date, region, service, "aws4_request"} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return key
}

// account is a principal as versitygw matches it: its ARNs in partition "aws".
func (b *bridge) account(access string, p wire.Principal) auth.Account {
	a := auth.Account{
		Access: strings.Clone(access),
		Role:   auth.RoleUser,
		Arn:    fromPartition(b.deps.Partition, p.ARN),
	}
	if p.Root {
		a.Role = auth.RoleAdmin
	}
	if p.RoleName != "" {
		a.IsSession = true
		a.RoleArn = "arn:aws:iam::" + p.Account + ":role/" + p.RoleName
	}
	return a
}

// EvaluatePolicy implements auth.PolicyEvaluator.
func (b *bridge) EvaluatePolicy(access, token string, actions []auth.Action, resources []string, condition map[string][]string) (auth.PolicyEvaluation, error) {
	var out auth.PolicyEvaluation
	_, _, p, _, err := b.deps.Credentials.Credentials(context.Background(), access)
	if err != nil {
		return out, err
	}
	out.PrincipalArn = p.ARN
	call := b.call(p, strings.HasPrefix(token, secureMark), condition)
	verdicts := make([][]Verdict, len(resources))
	for i, resource := range resources {
		verdicts[i] = make([]Verdict, len(actions))
		for j, action := range actions {
			v := Verdict{Identity: Allow}
			if b.deps.Evaluator != nil {
				if v, err = b.deps.Evaluator.Evaluate(call, string(action), toPartition(b.deps.Partition, resource)); err != nil {
					return out, err
				}
			}
			verdicts[i][j] = v
			out.HasSessionPolicy = out.HasSessionPolicy || v.HasSession
		}
	}
	fill(&out.Decisions, verdicts, func(v Verdict) Effect { return v.Identity })
	fill(&out.SessionDecisions, verdicts, func(v Verdict) Effect { return v.Session })
	return out, nil
}

// fill makes versitygw's matrix of decisions, whose type has no name outside it
// and whose values are in the order of ours.
func fill[T ~int](dst *[][]T, verdicts [][]Verdict, effect func(Verdict) Effect) {
	*dst = make([][]T, len(verdicts))
	for i, row := range verdicts {
		for _, v := range row {
			(*dst)[i] = append((*dst)[i], T(effect(v)))
		}
	}
}

// call is what an Evaluator sees.
func (b *bridge) call(p wire.Principal, secure bool, condition map[string][]string) *wire.Call {
	c := &wire.Call{
		Context: context.Background(), Service: "s3",
		Account: b.deps.Account, Region: b.deps.Region, Partition: b.deps.Partition,
		Principal: p, Now: b.deps.Clock.Now(), Secure: secure, Conditions: maps.Clone(condition),
	}
	for key, field := range map[string]*string{"aws:SourceIp": &c.SourceIP, "aws:UserAgent": &c.UserAgent} {
		if v := condition[key]; len(v) > 0 {
			*field = v[0]
		}
	}
	// These the call itself gives; versitygw's word on TLS is about the socket.
	for _, key := range []string{"aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:SourceIp", "aws:UserAgent"} {
		delete(c.Conditions, key)
	}
	return c
}

// ResolvePrincipals implements auth.PrincipalResolver: which principals of a
// bucket policy name nobody. Those of this account must look like ARNs; whether
// a user or role exists is not asked, so a policy may come before its role.
func (b *bridge) ResolvePrincipals(principals []string) ([]string, error) {
	var bad []string
	for _, p := range principals {
		fields := strings.SplitN(p, ":", 6)
		isAccount := len(p) == 12 && strings.Trim(p, "0123456789") == ""
		if !isAccount && (len(fields) != 6 || fields[0] != "arn" || fields[2] != "iam" && fields[2] != "sts") {
			bad = append(bad, p)
		}
	}
	return bad, nil
}

// BucketOwner implements auth.FixedBucketOwner: the account owns every bucket.
// An account number is no access key, so ownership grants nothing by itself.
func (b *bridge) BucketOwner() auth.Account {
	return auth.Account{Access: b.deps.Account, Role: auth.RoleUser, Arn: "arn:aws:iam::" + b.deps.Account + ":root"}
}

// GetUserAccount implements auth.IAMService.
func (b *bridge) GetUserAccount(access string) (auth.Account, error) {
	if access == b.deps.Account {
		return b.BucketOwner(), nil
	}
	_, _, p, _, err := b.deps.Credentials.Credentials(context.Background(), access)
	if errors.Is(err, wire.ErrUnknownKey) {
		return auth.Account{}, auth.ErrNoSuchUser
	}
	return b.account(access, p), err
}

// ResolveAccounts implements auth.IAMService: which grantees do not exist.
func (b *bridge) ResolveAccounts(ids []string) ([]string, error) {
	missing := []string{}
	for _, id := range ids {
		if id != b.deps.Account {
			missing = append(missing, id)
		}
	}
	return missing, nil
}

var errNoAdmin = s3err.GetAPIError(s3err.ErrAdminMethodNotSupported)

// CreateAccount implements auth.IAMService; users are IAM's.
func (b *bridge) CreateAccount(auth.Account) error { return errNoAdmin }

// UpdateUserAccount implements auth.IAMService; users are IAM's.
func (b *bridge) UpdateUserAccount(string, auth.MutableProps) error { return errNoAdmin }

// DeleteUserAccount implements auth.IAMService; users are IAM's.
func (b *bridge) DeleteUserAccount(string) error { return errNoAdmin }

// ListUserAccounts implements auth.IAMService; users are IAM's.
func (b *bridge) ListUserAccounts() ([]auth.Account, error) { return nil, errNoAdmin }

// Shutdown implements auth.IAMService.
func (b *bridge) Shutdown() error { return nil }
