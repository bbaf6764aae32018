package s3

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/s3api/controllers"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"

	"weir/internal/aws/svc/s3/objects"
)

// publicAccessBlock is the document of that name.
type publicAccessBlock struct {
	XMLName               xml.Name `xml:"PublicAccessBlockConfiguration"`
	BlockPublicAcls       bool
	IgnorePublicAcls      bool
	BlockPublicPolicy     bool
	RestrictPublicBuckets bool
}

// newBlock is what a new bucket begins with, as on AWS: everything blocked.
const newBlock = "<PublicAccessBlockConfiguration" + xmlns + "><BlockPublicAcls>true</BlockPublicAcls>" +
	"<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>" +
	"<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"

// blocked reads a bucket's public access block; none blocks nothing.
func blocked(b *objects.Bucket) publicAccessBlock {
	var block publicAccessBlock
	if xml.Unmarshal([]byte(b.Documents["publicAccessBlock"]), &block) != nil {
		return publicAccessBlock{}
	}
	return block
}

// blocksAnonymous tells whether the request is unsigned and its bucket shut to
// such; domain is what follows the bucket in a virtual-host style Host.
func (s *store) blocksAnonymous(ctx fiber.Ctx, domain string) bool {
	method := ctx.Method()
	if ctx.Get("Authorization") != "" || utils.IsPresignedURLAuth(ctx) ||
		method == http.MethodOptions || method == http.MethodPost {
		return false // preflights carry nothing, form posts their own signature
	}
	bucket, _, _ := strings.Cut(strings.TrimPrefix(ctx.Path(), "/"), "/")
	if domain != "" {
		bucket, _, _ = strings.Cut(string(ctx.Request().Host()), "."+domain)
	}
	b, err := s.objects.Bucket(bucket)
	return err == nil && blocked(&b).RestrictPublicBuckets
}

// GetBucketAcl implements backend.Backend. versitygw asks it first for almost
// every request, so this is also where the caller's account is told about TLS.
func (s *store) GetBucketAcl(ctx context.Context, in *awss3.GetBucketAclInput) ([]byte, error) {
	if req, ok := ctx.(*fasthttp.RequestCtx); ok && isSecure(req) {
		key := string(utils.ContextKeyAccount)
		if a, ok := req.UserValue(key).(auth.Account); ok && !strings.HasPrefix(a.SessionToken, secureMark) {
			a.SessionToken = secureMark + a.SessionToken
			req.SetUserValue(key, a)
		}
	}
	b, err := s.objects.Bucket(*in.Bucket)
	if err != nil {
		return nil, apiError(err, *in.Bucket, "")
	}
	if blocked(&b).IgnorePublicAcls {
		return privateACL(b.ACL)
	}
	return b.ACL, nil
}

// privateACL takes the grants to everybody out of an ACL.
func privateACL(data []byte) ([]byte, error) {
	acl, err := auth.ParseACL(data)
	if err != nil {
		return nil, err
	}
	acl.Grantees = slices.DeleteFunc(acl.Grantees, func(g auth.Grantee) bool { return g.Type == types.TypeGroup })
	return json.Marshal(acl)
}

// PutBucketAcl implements backend.Backend.
func (s *store) PutBucketAcl(_ context.Context, bucket string, data []byte) error {
	acl, err := auth.ParseACL(data)
	if err != nil {
		return err
	}
	public := slices.ContainsFunc(acl.Grantees, func(g auth.Grantee) bool { return g.Type == types.TypeGroup })
	return s.update(bucket, func(b *objects.Bucket) error {
		if public && blocked(b).BlockPublicAcls {
			return s3err.GetAPIError(s3err.ErrAccessDenied)
		}
		b.ACL = slices.Clone(data)
		return nil
	})
}

// GetBucketOwnershipControls implements backend.Backend.
func (s *store) GetBucketOwnershipControls(_ context.Context, bucket string) (types.ObjectOwnership, error) {
	b, err := s.objects.Bucket(bucket)
	if err != nil {
		return "", apiError(err, bucket, "")
	}
	if b.Ownership == "" {
		return "", s3err.GetAPIError(s3err.ErrOwnershipControlsNotFound)
	}
	return types.ObjectOwnership(b.Ownership), nil
}

// PutBucketOwnershipControls implements backend.Backend.
func (s *store) PutBucketOwnershipControls(_ context.Context, bucket string, o types.ObjectOwnership) error {
	return s.update(bucket, func(b *objects.Bucket) error { b.Ownership = strings.Clone(string(o)); return nil })
}

// DeleteBucketOwnershipControls implements backend.Backend.
func (s *store) DeleteBucketOwnershipControls(_ context.Context, bucket string) error {
	return s.update(bucket, func(b *objects.Bucket) error { b.Ownership = ""; return nil })
}

// getObjectACL answers with the one ACL objects have: the account owns them.
// (versitygw's own route writes it in a form that clients cannot read.)
func (r *routes) getObjectACL(ctx fiber.Ctx) (*controllers.Response, error) {
	bucket := strings.Clone(ctx.Params("bucket"))
	key := strings.Clone(strings.TrimPrefix(ctx.Path(), "/"+bucket+"/"))
	if err := r.verify(ctx, bucket, key, auth.GetObjectAclAction, auth.PermissionReadAcp); err != nil {
		return &controllers.Response{}, err
	}
	if _, err := r.be.objects.Object(bucket, key, ""); err != nil {
		return &controllers.Response{}, apiError(err, bucket, key)
	}
	owner := r.deps.Account
	data, err := json.Marshal(auth.ACL{Owner: owner, Grantees: []auth.Grantee{
		{Permission: auth.PermissionFullControl, Access: owner, Type: types.TypeCanonicalUser},
	}})
	if err != nil {
		return &controllers.Response{}, err
	}
	out, err := auth.ParseACLOutput(data, owner)
	return &controllers.Response{Data: out}, err
}

// PutObjectAcl implements backend.Backend: only what changes nothing.
func (s *store) PutObjectAcl(_ context.Context, in *awss3.PutObjectAclInput) error {
	if _, err := s.objects.Object(*in.Bucket, *in.Key, ""); err != nil {
		return apiError(err, *in.Bucket, *in.Key)
	}
	switch in.ACL {
	case types.ObjectCannedACLPrivate, types.ObjectCannedACLBucketOwnerFullControl, types.ObjectCannedACLBucketOwnerRead:
		return nil
	}
	return s3err.GetAPIError(s3err.ErrAclNotSupported)
}
