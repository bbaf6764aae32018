package gateway

import (
	"errors"
	"net/http"

	"weir/internal/aws/wire"
)

const internalFailure = "InternalFailure"

// common is an error every service has, as the two families of protocols name it.
type common struct {
	json        string
	jsonStatus  int
	query       string
	queryStatus int
}

func commonErrors() []common {
	return []common{
		{"AccessDeniedException", 400, "AccessDenied", 403},
		{"ExpiredTokenException", 400, "ExpiredToken", 403},
		{"IncompleteSignatureException", 400, "IncompleteSignature", 400},
		{"InvalidSignatureException", 400, "SignatureDoesNotMatch", 403},
		{"MissingAuthenticationTokenException", 400, "MissingAuthenticationToken", 403},
		{"ServiceUnavailableException", 503, "ServiceUnavailable", 503},
		{"ThrottlingException", 400, "Throttling", 400},
		{"UnrecognizedClientException", 400, "InvalidClientTokenId", 403},
		{"ValidationException", 400, "ValidationError", 400},
	}
}

// names are an error's two names and statuses, and whether it is known at all.
func (rq *request) names(code string) (c common, ok bool) {
	if rq.target.svc != nil {
		for name, sh := range rq.target.svc.model.Shapes {
			c := common{json: name, jsonStatus: sh.Status(), query: name, queryStatus: sh.Status()}
			if sh.Error != nil && sh.Error.Code != "" {
				c.query = sh.Error.Code
			}
			if sh.Exception && (code == c.json || code == c.query) {
				return c, true
			}
		}
	}
	for _, c := range commonErrors() {
		if code == c.json || code == c.query {
			return c, true
		}
	}
	return common{json: code, query: code}, false
}

// known makes any error one a client may see, named as its protocol names it,
// with its status.
func (rq *request) known(err error) (*wire.Error, int) {
	var e *wire.Error
	if !errors.As(err, &e) {
		return &wire.Error{Code: internalFailure, Message: "The request processing has failed because of an unknown error, exception or failure."},
			http.StatusInternalServerError
	}
	named := *e
	c, _ := rq.names(e.Code)
	status := c.jsonStatus
	named.Code = c.json
	if rq.target.protocol.queryCodes() {
		named.Code, status = rq.target.protocol.queryName(c), c.queryStatus
	}
	if e.Status != 0 {
		status = e.Status
	}
	if status == 0 {
		status = http.StatusBadRequest
	}
	return &named, status
}

// queryErrorHeader tells clients of a service that once spoke the query protocol
// the error's name there.
func queryErrorHeader(rq *request, e *wire.Error, status int, h http.Header) {
	if e == nil || rq.target.svc == nil || rq.target.svc.model.Metadata.AWSQueryCompatible == nil {
		return
	}
	c, _ := rq.names(e.Code)
	h.Set("X-Amzn-Query-Error", c.query+";"+sender(status))
}
