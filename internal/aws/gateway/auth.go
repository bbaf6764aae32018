package gateway

import (
	"crypto/subtle"
	"errors"
	"net"
	"strconv"

	"weir/internal/aws/sigv4"
	"weir/internal/aws/wire"
)

// authenticate checks the signature and says who calls.
func (g *Gateway) authenticate(rq *request) error {
	style := rq.target.protocol
	if rq.target.svc == nil {
		return nil
	}
	sig, err := sigv4.Parse(rq.r)
	if err != nil {
		return signatureError(style, err)
	}
	if want := rq.target.svc.model.Metadata.Signing(); sig.Service != want {
		return signatureError(style, &sigv4.Error{Kind: sigv4.BadScope, Msg: "Credential should be scoped to correct service: '" + want + "'. "})
	}
	now := g.cfg.Clock.Now()
	if err := sig.Fresh(now); err != nil {
		return signatureError(style, err)
	}
	secret, token, principal, expiry, err := g.cfg.Credentials.Credentials(rq.r.Context(), sig.AccessKey)
	if errors.Is(err, wire.ErrUnknownKey) {
		return unknownKey()
	}
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(sig.Token)) != 1 {
		return unknownKey()
	}
	if err := sig.Verify(rq.r, secret, rq.bodyHash); err != nil {
		return signatureError(style, err)
	}
	if !expiry.IsZero() && !now.Before(expiry) {
		return expiredToken()
	}
	g.fill(rq, sig, principal)
	return nil
}

// fill makes the call, once its caller is known.
func (g *Gateway) fill(rq *request, sig *sigv4.Signature, p wire.Principal) {
	c := &rq.call
	c.Context = rq.r.Context()
	c.RequestID = rq.id
	c.Service = rq.target.svc.model.Name
	c.Operation = rq.target.op
	c.Account = g.cfg.Account
	c.Region = sig.Region
	c.Partition = g.partition
	c.Principal = p
	c.Now = g.cfg.Clock.Now()
	c.UserAgent = rq.r.UserAgent()
	c.Authorizer = g.cfg.Authorizer
	if host, _, err := net.SplitHostPort(rq.r.RemoteAddr); err == nil {
		c.SourceIP = host
	}
}

// unknownKey is a key nobody has, or a session token that is not its own.
func unknownKey() error {
	return wire.Errorf("UnrecognizedClientException", "The security token included in the request is invalid.")
}

// expiredToken is named apart from the error shape STS has of the longer name.
func expiredToken() error {
	return wire.Errorf("ExpiredToken", "The security token included in the request is expired")
}

// signatureError words a signature that does not hold.
func signatureError(p protocol, err error) error {
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case sigv4.Missing:
		if p.queryCodes() {
			return wire.Errorf("MissingAuthenticationTokenException", "Request is missing Authentication Token")
		}
		return wire.Errorf("MissingAuthenticationTokenException", "%s", e.Msg)
	case sigv4.Incomplete:
		return wire.Errorf("IncompleteSignatureException", "%s", e.Msg)
	case sigv4.Expired:
		if p.queryCodes() {
			return wire.Errorf("RequestExpired", "%s", e.Msg)
		}
	}
	return wire.Errorf("InvalidSignatureException", "%s", e.Msg)
}

func formatMiB(n int64) string { return strconv.FormatInt(n>>20, 10) + " MiB" }
