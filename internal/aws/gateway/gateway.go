// Package gateway is the request path of every AWS API Weir serves, on one port.
//
// It is one readable list, the body of Gateway.ServeHTTP and answer below:
//
//	read → route → authenticate → parse by protocol → validate → authorise → handler → render
//
// Vocabulary. A protocol is how a service's inputs, outputs and errors look on
// the wire (AWS JSON, Kinesis CBOR, smithy RPC v2 CBOR, query+XML). A target is the
// service, operation and protocol a request is for. What is for no other service
// is S3's, and is handed over untouched: S3 has its own front end.
//
// Invariants: no handler runs before its caller is known, its input satisfies the
// model and the caller may do it; every answer has a request id; an error that is
// not a *wire.Error never reaches a client in its own words.
package gateway

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"weir/internal/aws/model"
	"weir/internal/aws/wire"
	"weir/internal/aws/wire/shape"
	"weir/internal/clock"
)

// Config is what a Gateway is made of.
type Config struct {
	Services    []wire.Service
	Credentials wire.Credentials
	Authorizer  wire.Authorizer
	// S3 takes what is for no other service; nil answers as AWS for no service.
	S3 http.Handler
	// Weir takes everything below /_weir/, health among it; nil answers 404.
	Weir http.Handler
	// Account owns everything; Region decides the partition.
	Account, Region string
	Clock           clock.Clock
	// Rand makes request ids.
	Rand io.Reader
	// MaxBody bounds a request's body, unpacked; 0 means 80 MiB, which holds a
	// 50 MiB code zip in base64.
	MaxBody int64
	// Observe is told of every call when it is answered; nil tells nobody.
	Observe func(Record)
}

// Record is one answered call, for logs and metrics.
type Record struct {
	Service, Operation, Region string
	Principal                  string // ARN; "" when not known
	RequestID                  string
	Status                     int
	Code                       string // of the error, "" on success
	Err                        error  // what failed inside, when the client saw InternalFailure
	Took                       time.Duration
	In, Out                    int // bytes of body
}

// Gateway is the http.Handler of all services.
type Gateway struct {
	cfg       Config
	partition string
	plans     shape.Plans
	byTarget  map[string]*service // by target prefix, also the rpc-v2 service name
	bySigning map[string]*service
}

// Partition is the partition a region lies in.
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

const defaultMaxBody = 80 << 20

// New makes a Gateway. A service without a model is an error; one that lacks
// operations of its ops.txt is not (CheckOps tells), they are answered as unknown.
func New(cfg Config) (*Gateway, error) {
	if cfg.MaxBody == 0 {
		cfg.MaxBody = defaultMaxBody
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Record) {}
	}
	g := &Gateway{cfg: cfg, partition: Partition(cfg.Region), byTarget: map[string]*service{}, bySigning: map[string]*service{}}
	for _, svc := range cfg.Services {
		m, err := model.Load(svc.Name())
		if err != nil {
			return nil, fmt.Errorf("gateway: %w", err)
		}
		s := newService(svc, m)
		if m.Metadata.TargetPrefix != "" {
			g.byTarget[m.Metadata.TargetPrefix] = s
		}
		g.bySigning[m.Metadata.Signing()] = s
	}
	return g, nil
}

// request is one call on its way.
type request struct {
	r        *http.Request
	id       string
	start    time.Time
	target   target
	call     wire.Call
	body     []byte // unpacked
	bodyHash string // of the body as sent
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_weir/") {
		serveOr(g.cfg.Weir, w, r, http.NotFound)
		return
	}
	if g.isS3(r) {
		serveOr(g.cfg.S3, w, r, g.noService)
		return
	}
	rq := &request{r: r, id: g.requestID(), start: g.cfg.Clock.Now()}
	out, err := g.answer(rq)
	g.reply(w, rq, out, err)
}

// answer is the request path.
func (g *Gateway) answer(rq *request) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := g.read(rq); err != nil {
		return nil, err
	}
	if err := g.route(rq); err != nil {
		return nil, err
	}
	if err := g.authenticate(rq); err != nil {
		return nil, err
	}
	op, err := rq.target.operation()
	if err != nil {
		return nil, err
	}
	in, missing, err := g.parse(rq, op)
	if err != nil {
		return nil, err
	}
	if err := op.validate(in, missing); err != nil {
		return nil, err
	}
	if err := g.authorize(rq, op, in); err != nil {
		return nil, err
	}
	return op.handler.Run(&rq.call, in)
}

// parse reads the input by the request's protocol.
func (g *Gateway) parse(rq *request, op *operation) (in any, missing []string, err error) {
	in = op.handler.New()
	reader, err := rq.target.protocol.reader(rq)
	if err == nil {
		missing, err = g.plans.Decode(reader, in)
	}
	if end, ok := reader.(interface{ End() error }); ok && err == nil {
		err = end.End()
	}
	var bad *shape.TypeError
	if errors.As(err, &bad) {
		return nil, nil, rq.target.protocol.badInput(bad.Msg)
	}
	return in, missing, err
}

func (g *Gateway) authorize(rq *request, op *operation, in any) error {
	c := &rq.call
	if c.Principal.Root || op.free {
		return nil
	}
	asked := *c
	asked.Conditions = op.tags.conditions(in)
	return g.cfg.Authorizer.Authorize(&asked, op.action, op.svc.svc.Resources(c, op.name, in))
}

// serveOr hands a request to h, or to other when there is none.
func serveOr(h http.Handler, w http.ResponseWriter, r *http.Request, other http.HandlerFunc) {
	if h == nil {
		h = other
	}
	h.ServeHTTP(w, r)
}
