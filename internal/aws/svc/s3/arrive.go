package s3

import (
	"bytes"
	"encoding/xml"
	"net"
	"net/url"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"
)

// secureKey is the request's user value that says it came over TLS.
const secureKey = "weir-secure"

// arrive is the first handler of every request: it restores what the way
// through the proxy hid (the peer, TLS), turns a virtual-host path into a path
// style one, and refuses anonymous requests to buckets that block them.
func arrive(be *store) fiber.Handler {
	return func(ctx fiber.Ctx) error {
		req := ctx.RequestCtx()
		if ip := net.ParseIP(ctx.Get(headerPeer)); ip != nil {
			req.SetRemoteAddr(&net.TCPAddr{IP: ip})
		}
		req.SetUserValue(secureKey, ctx.Get(headerSecure) != "")
		domain := strings.Clone(ctx.Get(headerDomain))
		for _, h := range []string{headerPeer, headerSecure, headerDomain} {
			ctx.Request().Header.Del(h)
		}
		if be.blocksAnonymous(ctx, domain) {
			return refuse(ctx, s3err.GetAPIError(s3err.ErrAccessDenied))
		}
		if domain != "" {
			if err := toPathStyle(ctx, domain); err != nil {
				return refuse(ctx, s3err.GetAPIError(s3err.ErrBadRequest))
			}
		}
		return ctx.Next()
	}
}

// originalPath is where versitygw's signature check looks for the path that was
// signed, decoded, when the request's path is another one.
const originalPath = utils.ContextKey("original-uri-path")

// toPathStyle puts the bucket of a virtual-host style request into its path,
// which stays encoded: versitygw decodes it later. (Its own parser of such hosts
// runs after the decoding, too late for the routes of our own.)
func toPathStyle(ctx fiber.Ctx, domain string) error {
	bucket, _, _ := strings.Cut(string(ctx.Request().Host()), "."+domain)
	raw := string(ctx.Request().URI().PathOriginal())
	signed, err := url.PathUnescape(raw)
	if err != nil {
		return err
	}
	originalPath.Set(ctx, signed)
	if raw == "/" {
		raw = ""
	}
	ctx.Path("/" + bucket + raw)
	return nil
}

// refuse answers with an error.
func refuse(ctx fiber.Ctx, err s3err.S3Error) error {
	ctx.Response().Header.SetContentType(fiber.MIMEApplicationXML)
	return ctx.Status(err.StatusCode()).Send(err.XMLBody("", ""))
}

// isSecure tells whether the client came over TLS.
func isSecure(req *fasthttp.RequestCtx) bool {
	secure, _ := req.UserValue(secureKey).(bool)
	return secure
}

// escapeXML makes text fit to stand in XML.
func escapeXML(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a Buffer does not fail
	return b.String()
}

// bufferPool gives the proxy's copies their buffers.
type bufferPool struct{ p sync.Pool }

func newBufferPool() *bufferPool {
	b := &bufferPool{}
	b.p.New = func() any { s := make([]byte, 64<<10); return &s }
	return b
}

// Get implements httputil.BufferPool.
func (b *bufferPool) Get() []byte { return *b.p.Get().(*[]byte) }

// Put implements httputil.BufferPool.
func (b *bufferPool) Put(s []byte) { b.p.Put(&s) }
