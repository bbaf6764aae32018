package gateway

import (
	"fmt"
	"net/http"

	"weir/internal/aws/wire"
	"weir/internal/aws/wire/awsjson"
	"weir/internal/aws/wire/cbor"
	"weir/internal/aws/wire/query"
	"weir/internal/aws/wire/shape"
)

// protocol is how a service's inputs, outputs and errors look on the wire.
type protocol interface {
	// reader reads the input.
	reader(rq *request) (shape.Reader, error)
	// result renders the output: content type and body.
	result(g *Gateway, rq *request, out any) (string, []byte)
	// failure renders an error.
	failure(rq *request, e *wire.Error, status int) (string, []byte)
	// headers are what every answer of the protocol has.
	headers(rq *request, e *wire.Error, status int, h http.Header)
	// queryCodes tells whether errors have the query protocol's statuses and texts.
	queryCodes() bool
	// queryName is an error's name in the body, where queryCodes says so.
	queryName(c common) string
	// badInput is an input that is not of the protocol or not of the right kinds.
	badInput(msg string) *wire.Error
	// unknown is an operation the service does not have.
	unknown(t *target) *wire.Error
}

// serialization is the error of the JSON and CBOR protocols.
func serialization(msg string) *wire.Error {
	return &wire.Error{Code: "SerializationException", Message: msg, Status: http.StatusBadRequest}
}

// unknownOperation tells AWS's operations that Weir does not serve from those
// nobody has; AWS says nothing of the latter.
func unknownOperation(t *target, status int) *wire.Error {
	e := &wire.Error{Code: "UnknownOperationException", Status: status}
	for _, other := range t.svc.model.Others {
		if other == t.op {
			e.Message = "Weir does not serve the operation " + t.op
		}
	}
	return e
}

// jsonProtocol is AWS JSON 1.0 and 1.1.
type jsonProtocol struct{ version string }

func (jsonProtocol) queryName(c common) string     { return c.json }
func (jsonProtocol) queryCodes() bool              { return false }
func (jsonProtocol) badInput(m string) *wire.Error { return serialization(m) }
func (jsonProtocol) unknown(t *target) *wire.Error { return unknownOperation(t, http.StatusBadRequest) }
func (p jsonProtocol) contentType() string         { return "application/x-amz-json-" + p.version }

func (jsonProtocol) reader(rq *request) (shape.Reader, error) { return awsjson.NewReader(rq.body), nil }

func (p jsonProtocol) result(g *Gateway, rq *request, out any) (string, []byte) {
	if rq.target.noOutput() {
		return p.contentType(), nil
	}
	w := awsjson.NewWriter()
	g.plans.Encode(w, out)
	return p.contentType(), w.Bytes()
}

func (p jsonProtocol) failure(_ *request, e *wire.Error, _ int) (string, []byte) {
	w := awsjson.NewWriter()
	writeError(w, e, e.Code)
	return p.contentType(), w.Bytes()
}

func (jsonProtocol) headers(rq *request, e *wire.Error, status int, h http.Header) {
	queryErrorHeader(rq, e, status, h)
}

// kinesisCBOR is application/x-amz-cbor-1.1, the Java SDKs' way to Kinesis.
type kinesisCBOR struct{}

const kinesisCBORType = "application/x-amz-cbor-1.1"

func (kinesisCBOR) queryName(c common) string     { return c.json }
func (kinesisCBOR) queryCodes() bool              { return false }
func (kinesisCBOR) badInput(m string) *wire.Error { return serialization(m) }
func (kinesisCBOR) unknown(t *target) *wire.Error { return unknownOperation(t, http.StatusBadRequest) }
func (kinesisCBOR) reader(rq *request) (shape.Reader, error) {
	return cbor.NewReader(rq.body, cbor.Kinesis), nil
}

func (kinesisCBOR) result(g *Gateway, rq *request, out any) (string, []byte) {
	if rq.target.noOutput() {
		return kinesisCBORType, nil
	}
	w := cbor.NewWriter(cbor.Kinesis)
	g.plans.Encode(w, out)
	return kinesisCBORType, w.Bytes()
}

func (kinesisCBOR) failure(_ *request, e *wire.Error, _ int) (string, []byte) {
	w := cbor.NewWriter(cbor.Kinesis)
	writeError(w, e, e.Code)
	return kinesisCBORType, w.Bytes()
}

func (kinesisCBOR) headers(*request, *wire.Error, int, http.Header) {}

// rpcV2 is smithy-rpc-v2-cbor.
type rpcV2 struct{}

func (rpcV2) queryName(c common) string     { return c.json }
func (rpcV2) queryCodes() bool              { return true }
func (rpcV2) badInput(m string) *wire.Error { return serialization(m) }
func (rpcV2) unknown(t *target) *wire.Error { return unknownOperation(t, http.StatusNotFound) }
func (rpcV2) reader(rq *request) (shape.Reader, error) {
	return cbor.NewReader(rq.body, cbor.RPCv2), nil
}

func (rpcV2) result(g *Gateway, _ *request, out any) (string, []byte) {
	w := cbor.NewWriter(cbor.RPCv2)
	g.plans.Encode(w, out)
	return "application/cbor", w.Bytes()
}

func (rpcV2) failure(rq *request, e *wire.Error, _ int) (string, []byte) {
	w := cbor.NewWriter(cbor.RPCv2)
	namespace := "smithy.framework#"
	if rq.target.svc != nil {
		namespace = "com.amazonaws." + rq.target.svc.model.Name + "#"
	}
	writeError(w, e, namespace+e.Code)
	return "application/cbor", w.Bytes()
}

func (rpcV2) headers(rq *request, e *wire.Error, status int, h http.Header) {
	h.Set("Smithy-Protocol", "rpc-v2-cbor")
	queryErrorHeader(rq, e, status, h)
}

// queryProtocol is the query protocol with its XML.
type queryProtocol struct{}

func (queryProtocol) queryName(c common) string { return c.query }
func (queryProtocol) queryCodes() bool          { return true }
func (queryProtocol) badInput(m string) *wire.Error {
	return &wire.Error{Code: "MalformedInput", Message: m, Status: http.StatusBadRequest}
}

func (queryProtocol) unknown(t *target) *wire.Error {
	return wire.Errorf("InvalidAction", "Could not find operation %s for version %s", t.op, t.form.Get("Version"))
}

func (queryProtocol) reader(rq *request) (shape.Reader, error) {
	return query.NewReader(rq.target.form)
}

func (queryProtocol) result(g *Gateway, rq *request, out any) (string, []byte) {
	w := query.NewWriter()
	name := rq.target.op + "Response"
	w.Start(name, fmt.Sprintf(" xmlns=%q", rq.target.svc.model.Metadata.XMLNamespace))
	if !rq.target.noOutput() {
		wrapper := rq.target.op + "Result"
		w.Start(wrapper, "")
		g.plans.Encode(w, out)
		w.End(wrapper)
	}
	w.Start("ResponseMetadata", "")
	w.Element("RequestId", rq.id)
	w.End("ResponseMetadata")
	w.End(name)
	return "text/xml", w.Bytes()
}

func (queryProtocol) failure(rq *request, e *wire.Error, status int) (string, []byte) {
	w := query.NewWriter()
	namespace := ""
	if rq.target.svc != nil {
		namespace = fmt.Sprintf(" xmlns=%q", rq.target.svc.model.Metadata.XMLNamespace)
	}
	w.Start("ErrorResponse", namespace)
	w.Start("Error", "")
	w.Element("Type", sender(status))
	w.Element("Code", e.Code)
	w.Element("Message", e.Message)
	w.End("Error")
	w.Element("RequestId", rq.id)
	w.End("ErrorResponse")
	return "text/xml", w.Bytes()
}

func (queryProtocol) headers(*request, *wire.Error, int, http.Header) {}

// noOutput tells that the model has no output for the operation.
func (t *target) noOutput() bool {
	op := t.svc.model.Operations[t.op]
	return op == nil || op.Output == nil
}

// sender is whose fault an error is, in the query protocol's words.
func sender(status int) string {
	if status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}
