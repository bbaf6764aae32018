package gateway

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"weir/internal/aws/wire"
	"weir/internal/aws/wire/shape"
)

// reply renders the outcome and tells the observer.
func (g *Gateway) reply(w http.ResponseWriter, rq *request, out any, err error) {
	rec := Record{Operation: rq.target.op, Region: rq.call.Region, Principal: rq.call.Principal.ARN,
		RequestID: rq.id, Status: http.StatusOK, In: len(rq.body)}
	p := rq.target.protocol
	var ctype string
	var body []byte
	var e *wire.Error
	if rq.target.svc != nil {
		rec.Service = rq.target.svc.model.Name
	}
	if err == nil {
		ctype, body = p.result(g, rq, out)
	} else {
		e, rec.Status = rq.known(err)
		if e.Code == internalFailure {
			rec.Err = err
		}
		rec.Code = e.Code
		ctype, body = p.failure(rq, e, rec.Status)
	}
	h := w.Header()
	p.headers(rq, e, rec.Status, h)
	h.Set("X-Amzn-Requestid", rq.id)
	if rec.Service == "kinesis" {
		h.Set("X-Amz-Id-2", g.hostID())
	}
	if ctype != "" {
		h.Set("Content-Type", ctype)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(rec.Status)
	_, werr := w.Write(body)
	if rec.Err == nil {
		rec.Err = werr
	}
	rec.Out, rec.Took = len(body), g.cfg.Clock.Now().Sub(rq.start)
	g.cfg.Observe(rec)
}

// writeError writes an error as a structure.
func writeError(w shape.Writer, e *wire.Error, typ string) {
	w.Struct()
	w.Field("__type")
	w.Str(typ)
	if e.Message != "" {
		name := "message"
		if e.Code == "SerializationException" {
			name = "Message"
		}
		w.Field(name)
		w.Str(e.Message)
	}
	for _, k := range slices.Sorted(maps.Keys(e.Fields)) {
		w.Field(k)
		writeAny(w, e.Fields[k])
	}
	w.EndStruct()
}

// writeAny writes a further member of an error.
func writeAny(w shape.Writer, v any) {
	switch v := v.(type) {
	case nil:
		w.Null()
	case bool:
		w.Bool(v)
	case int:
		w.Int(int64(v))
	case int32:
		w.Int(int64(v))
	case int64:
		w.Int(v)
	case float64:
		w.Float(v)
	case time.Time:
		w.Time(v, shape.TimeDefault)
	case []string:
		w.List(len(v))
		for _, x := range v {
			w.Elem()
			w.Str(x)
		}
		w.EndList()
	default:
		w.Str(fmt.Sprint(v))
	}
}

// requestID is a random UUID.
func (g *Gateway) requestID() string {
	var b [16]byte
	g.random(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// hostID is Kinesis' second request id: 72 random bytes.
func (g *Gateway) hostID() string {
	var b [72]byte
	g.random(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

func (g *Gateway) random(b []byte) {
	if _, err := io.ReadFull(g.cfg.Rand, b); err != nil {
		panic("gateway: no randomness for a request id: " + err.Error())
	}
}

// noService answers a request for S3 where there is none.
func (g *Gateway) noService(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Amzn-Requestid", g.requestID())
	http.Error(w, "Weir serves no S3 at this address", http.StatusNotFound)
}
