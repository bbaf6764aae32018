package gateway

import (
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
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
		return authError(style, unknownKey())
	}
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(sig.Token)) != 1 {
		return authError(style, unknownKey())
	}
	if err := sig.Verify(rq.r, secret, sigv4.Hash(rq.body)); err != nil {
		return signatureError(style, err)
	}
	if !expiry.IsZero() && !now.Before(expiry) {
		return authError(style, expiredToken())
	}
	g.fill(rq, sig, principal)
	return g.unpack(rq)
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

// fault is a failed authentication as the two families of protocols word it.
type fault struct {
	json, query             string
	jsonMessage, queryText  string
	jsonStatus, queryStatus int
}

func unknownKey() fault {
	return fault{"UnrecognizedClientException", "InvalidClientTokenId",
		"The security token included in the request is invalid.", "The security token included in the request is invalid.", 400, 403}
}

func expiredToken() fault {
	return fault{"ExpiredTokenException", "ExpiredToken",
		"The security token included in the request is expired", "The security token included in the request is expired", 400, 403}
}

func authError(p protocol, f fault) error {
	if p.queryCodes() {
		return &wire.Error{Code: f.query, Message: f.queryText, Status: f.queryStatus}
	}
	return &wire.Error{Code: f.json, Message: f.jsonMessage, Status: f.jsonStatus}
}

// signatureError words a signature that does not hold.
func signatureError(p protocol, err error) error {
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return err
	}
	f := fault{json: "InvalidSignatureException", query: "SignatureDoesNotMatch", jsonMessage: e.Msg, queryText: e.Msg,
		jsonStatus: http.StatusBadRequest, queryStatus: http.StatusForbidden}
	switch e.Kind {
	case sigv4.Missing:
		f.json, f.query = "MissingAuthenticationTokenException", "MissingAuthenticationToken"
		f.queryText = "Request is missing Authentication Token"
	case sigv4.Incomplete:
		f.json, f.query, f.queryStatus = "IncompleteSignatureException", "IncompleteSignature", http.StatusBadRequest
	case sigv4.Expired:
		f.query, f.queryStatus = "RequestExpired", http.StatusBadRequest
	}
	return authError(p, f)
}

func formatMiB(n int64) string { return strconv.FormatInt(n>>20, 10) + " MiB" }
