package s3

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v3"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/metrics"
	"github.com/versity/versitygw/s3api"
	"github.com/versity/versitygw/s3api/controllers"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"

	"weir/internal/aws/svc/s3/objects"
)

// document is a bucket configuration kept as the XML it came in, for which
// versitygw has no place.
type document struct {
	query    string // the sub-resource: GET /bucket?lifecycle
	root     string // the root element
	get, put auth.Action
	// missing is the error when none was put; fallback is answered instead when
	// it is not "".
	missing  s3err.APIError
	fallback string
	// only, when not "", is the one content that may be put: Weir does not do
	// what any other would ask for.
	only string
}

const xmlns = ` xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`

func notFound(code, message string) s3err.APIError {
	return s3err.APIError{Code: code, Description: message, HTTPStatusCode: http.StatusNotFound}
}

// documents is the table of them.
func documents() []document {
	return []document{
		{query: "publicAccessBlock", root: "PublicAccessBlockConfiguration",
			get: auth.GetBucketPublicAccessBlockAction, put: auth.PutBucketPublicAccessBlockAction,
			missing: notFound("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")},
		{query: "encryption", root: "ServerSideEncryptionConfiguration",
			get: auth.GetEncryptionConfigurationAction, put: auth.PutEncryptionConfigurationAction,
			missing: notFound("ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found")},
		{query: "lifecycle", root: "LifecycleConfiguration",
			get: auth.GetLifecycleConfigurationAction, put: auth.PutLifecycleConfigurationAction,
			missing: notFound("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")},
		{query: "replication", root: "ReplicationConfiguration",
			get: auth.GetReplicationConfigurationAction, put: auth.PutReplicationConfigurationAction, only: "none",
			missing: notFound("ReplicationConfigurationNotFoundError", "The replication configuration was not found")},
		{query: "notification", root: "NotificationConfiguration",
			get: auth.GetBucketNotificationAction, put: auth.PutBucketNotificationAction,
			fallback: "<NotificationConfiguration" + xmlns + "></NotificationConfiguration>", only: "empty"},
		{query: "logging", root: "BucketLoggingStatus",
			get: auth.GetBucketLoggingAction, put: auth.PutBucketLoggingAction,
			fallback: "<BucketLoggingStatus" + xmlns + "></BucketLoggingStatus>", only: "empty"},
		{query: "accelerate", root: "AccelerateConfiguration",
			get: auth.GetAccelerateConfigurationAction, put: auth.PutAccelerateConfigurationAction,
			fallback: "<AccelerateConfiguration" + xmlns + "></AccelerateConfiguration>", only: "Suspended"},
		{query: "requestPayment", root: "RequestPaymentConfiguration",
			get: auth.GetBucketRequestPaymentAction, put: auth.PutBucketRequestPaymentAction,
			fallback: "<RequestPaymentConfiguration" + xmlns + "><Payer>BucketOwner</Payer></RequestPaymentConfiguration>", only: "BucketOwner"},
	}
}

// routes is what the routes of our own are made with; they pass through the
// same steps as versitygw's.
type routes struct {
	deps Deps
	be   *store
	iam  *bridge
	ctrl controllers.S3ApiController
	opts []s3api.Option
}

// documentRoutes are the routes that come before versitygw's own.
func documentRoutes(d Deps, be *store, iam *bridge) []s3api.Option {
	r := &routes{deps: d, be: be, iam: iam, ctrl: controllers.New(be, iam, nil, nil, nil, false, false, "", 0)}
	for _, doc := range documents() {
		r.add(http.MethodGet, doc.query, metrics.ActionUndetected, doc.get, r.getDocument(doc))
		r.add(http.MethodPut, doc.query, metrics.ActionUndetected, doc.put, r.putDocument(doc))
		r.add(http.MethodDelete, doc.query, metrics.ActionUndetected, doc.put, r.deleteDocument(doc))
	}
	r.route(http.MethodGet, "/:bucket/+", "acl", metrics.ActionGetObjectAcl, auth.GetObjectAclAction, r.getObjectACL)
	r.add(http.MethodPut, "policy", metrics.ActionPutBucketPolicy, auth.PutBucketPolicyAction, r.putPolicy)
	r.add(http.MethodGet, "policy", metrics.ActionGetBucketPolicy, auth.GetBucketPolicyAction, r.getPolicy)
	r.add(http.MethodGet, "policyStatus", metrics.ActionGetBucketPolicyStatus, auth.GetBucketPolicyStatusAction, r.getPolicyStatus)
	return r.opts
}

// add adds a route of a bucket's sub-resource.
func (r *routes) add(method, query, name string, action auth.Action, handle controllers.Controller) {
	r.route(method, "/:bucket", query, name, action, handle)
}

// route adds a route for a path with a query argument.
func (r *routes) route(method, path, query, name string, action auth.Action, handle controllers.Controller) {
	region := r.deps.Region
	permission := auth.PermissionRead
	if method != http.MethodGet {
		permission = auth.PermissionWrite
	}
	prepare := func(ctx fiber.Ctx) error {
		utils.ContextKeyRegion.Set(ctx, region)
		utils.ContextKeyAccount.Set(ctx, auth.Account{})
		utils.ContextKeyIsRoot.Set(ctx, false)
		return middlewares.DecodeURL(ctx)
	}
	root := middlewares.RootUserConfig{}
	r.opts = append(r.opts, s3api.WithRoute(method, path, middlewares.MatchQueryArgs(query),
		controllers.ProcessHandlers(handle, name, &controllers.Services{},
			prepare,
			middlewares.BucketObjectNameValidator(),
			middlewares.AuthorizePublicBucketAccess(r.be, name, action, permission, region, false),
			middlewares.VerifyPresignedV4Signature(root, r.iam, region, false),
			middlewares.VerifyV4Signature(root, r.iam, region, false, true, false),
			middlewares.VerifyChecksums(false, false, false),
			middlewares.ParseAcl(r.be))))
}

// allowed asks whether the caller may do action on the request's bucket.
func (r *routes) allowed(ctx fiber.Ctx, action auth.Action, permission auth.Permission) (string, error) {
	bucket := strings.Clone(ctx.Params("bucket"))
	return bucket, r.verify(ctx, bucket, "", action, permission)
}

// verify asks whether the caller may do action on a bucket or object.
func (r *routes) verify(ctx fiber.Ctx, bucket, key string, action auth.Action, permission auth.Permission) error {
	acl, _ := utils.ContextKeyParsedAcl.Get(ctx).(auth.ACL)
	account, _ := utils.ContextKeyAccount.Get(ctx).(auth.Account)
	return auth.VerifyAccess(ctx, r.be, auth.AccessOptions{
		Acl: acl, AclPermission: permission, Acc: account, Bucket: bucket, Object: key,
		Actions: []auth.Action{action}, Iam: r.iam, IsPublicRequest: utils.ContextKeyPublicBucket.IsSet(ctx),
	})
}

func (r *routes) getDocument(doc document) controllers.Controller {
	return func(ctx fiber.Ctx) (*controllers.Response, error) {
		bucket, err := r.allowed(ctx, doc.get, auth.PermissionRead)
		if err != nil {
			return &controllers.Response{}, err
		}
		text, err := r.be.document(bucket, doc.query)
		if err != nil {
			return &controllers.Response{}, err
		}
		if text == "" {
			if text = doc.fallback; text == "" {
				return &controllers.Response{}, doc.missing
			}
		}
		ctx.Response().Header.SetContentType(fiber.MIMEApplicationXML)
		return &controllers.Response{Data: []byte(text)}, nil
	}
}

func (r *routes) putDocument(doc document) controllers.Controller {
	return func(ctx fiber.Ctx) (*controllers.Response, error) {
		bucket, err := r.allowed(ctx, doc.put, auth.PermissionWrite)
		if err != nil {
			return &controllers.Response{}, err
		}
		text := string(ctx.BodyRaw())
		content, err := rootContent(text, doc.root)
		if err != nil {
			return &controllers.Response{}, err
		}
		if doc.only != "" && !(doc.only == "empty" && content == "" || content == doc.only) {
			return &controllers.Response{}, s3err.APIError{
				Code:           "NotImplemented",
				Description:    "A header you provided implies functionality that is not implemented: Weir keeps no " + doc.root + " of this content",
				HTTPStatusCode: http.StatusNotImplemented,
			}
		}
		err = r.be.objects.UpdateBucket(bucket, func(b *objects.Bucket) error {
			b.Documents[doc.query] = text
			return nil
		})
		return &controllers.Response{}, apiError(err, bucket, "")
	}
}

func (r *routes) deleteDocument(doc document) controllers.Controller {
	return func(ctx fiber.Ctx) (*controllers.Response, error) {
		bucket, err := r.allowed(ctx, doc.put, auth.PermissionWrite)
		if err != nil {
			return &controllers.Response{}, err
		}
		err = r.be.objects.UpdateBucket(bucket, func(b *objects.Bucket) error {
			delete(b.Documents, doc.query)
			return nil
		})
		return &controllers.Response{MetaOpts: &controllers.MetaOptions{Status: http.StatusNoContent}}, apiError(err, bucket, "")
	}
}

// rootContent checks that text is well-formed XML with the root element and
// gives its character data without surrounding space.
func rootContent(text, root string) (string, error) {
	malformed := s3err.GetAPIError(s3err.ErrMalformedXML)
	d := xml.NewDecoder(strings.NewReader(text))
	var content strings.Builder
	first := true
	for {
		token, err := d.Token()
		if token == nil {
			if first || d.InputOffset() < int64(len(strings.TrimSpace(text))) {
				return "", malformed
			}
			return strings.TrimSpace(content.String()), nil
		}
		if err != nil {
			return "", malformed
		}
		switch t := token.(type) {
		case xml.StartElement:
			if first && t.Name.Local != root {
				return "", malformed
			}
			first = false
		case xml.CharData:
			content.Write(t)
		}
	}
}
