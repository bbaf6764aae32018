package s3

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/s3api/controllers"
	"github.com/versity/versitygw/s3err"

	"weir/internal/aws/svc/s3/objects"
)

// policyDocument is the name of the bucket's policy among its documents; it is
// kept as its author wrote it, in the partition's ARNs.
const policyDocument = "policy"

// putPolicy lets versitygw check and store a policy in its own partition.
func (r *routes) putPolicy(ctx fiber.Ctx) (*controllers.Response, error) {
	if body := string(ctx.BodyRaw()); r.deps.Partition != "aws" {
		ctx.Request().SetBodyString(fromPartition(r.deps.Partition, body))
	}
	return r.ctrl.PutBucketPolicy(ctx)
}

// getPolicy answers with the policy as it was put.
func (r *routes) getPolicy(ctx fiber.Ctx) (*controllers.Response, error) {
	resp, err := r.ctrl.GetBucketPolicy(ctx)
	if err != nil {
		return resp, err
	}
	text, err := r.be.document(strings.Clone(ctx.Params("bucket")), policyDocument)
	resp.Data = []byte(text)
	return resp, err
}

// getPolicyStatus tells whether the policy opens the bucket to everybody.
func (r *routes) getPolicyStatus(ctx fiber.Ctx) (*controllers.Response, error) {
	bucket, err := r.allowed(ctx, auth.GetBucketPolicyStatusAction, auth.PermissionRead)
	if err != nil {
		return &controllers.Response{}, err
	}
	text, err := r.be.document(bucket, policyDocument)
	if err == nil && text == "" {
		err = s3err.GetAPIError(s3err.ErrNoSuchBucketPolicy)
	}
	if err != nil {
		return &controllers.Response{}, err
	}
	return &controllers.Response{Data: struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ PolicyStatus"`
		IsPublic bool
	}{IsPublic: isPublic(text)}}, nil
}

// PutBucketPolicy implements backend.Backend; the policy is checked.
func (s *store) PutBucketPolicy(_ context.Context, bucket string, policy []byte) error {
	bucket = strings.Clone(bucket)
	text := toPartition(s.deps.Partition, string(policy))
	err := s.objects.UpdateBucket(bucket, func(b *objects.Bucket) error {
		if blocked(b).BlockPublicPolicy && isPublic(text) {
			return s3err.APIError{
				Code: "AccessDenied", HTTPStatusCode: http.StatusForbidden,
				Description: "User is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::" + bucket +
					"\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
			}
		}
		b.Documents[policyDocument] = text
		return nil
	})
	return apiError(err, bucket, "")
}

// GetBucketPolicy implements backend.Backend: the policy as versitygw evaluates
// it, in partition "aws".
func (s *store) GetBucketPolicy(ctx context.Context, bucket string) ([]byte, error) {
	text, err := s.document(bucket, policyDocument)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, s3err.GetAPIError(s3err.ErrNoSuchBucketPolicy)
	}
	text = fromPartition(s.deps.Partition, text)
	if req, ok := ctx.(*fasthttp.RequestCtx); ok && isSecure(req) && strings.Contains(text, "SecureTransport") {
		return invertSecure([]byte(text))
	}
	return []byte(text), nil
}

// DeleteBucketPolicy implements backend.Backend.
func (s *store) DeleteBucketPolicy(_ context.Context, bucket string) error {
	return s.dropDocument(bucket, policyDocument)
}

// invertSecure turns round every test of aws:SecureTransport: versitygw sees the
// inner socket, for which the answer is always false.
func invertSecure(policy []byte) ([]byte, error) {
	var doc any
	if err := json.Unmarshal(policy, &doc); err != nil {
		return nil, err
	}
	invert(doc, false)
	return json.Marshal(doc)
}

func invert(v any, under bool) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = invert(e, under || strings.EqualFold(k, "aws:SecureTransport"))
		}
	case []any:
		for i, e := range v {
			v[i] = invert(e, under)
		}
	case bool:
		return v != under
	case string:
		if under && strings.EqualFold(v, "true") {
			return "false"
		}
		if under && strings.EqualFold(v, "false") {
			return "true"
		}
	}
	return v
}

// isPublic tells whether a policy allows something to everybody without a
// condition.
func isPublic(policy string) bool {
	var doc struct {
		Statement []struct {
			Effect    string
			Principal any
			Condition map[string]any
		}
	}
	if json.Unmarshal([]byte(policy), &doc) != nil {
		return false
	}
	for _, st := range doc.Statement {
		if st.Effect == "Allow" && len(st.Condition) == 0 && isEverybody(st.Principal) {
			return true
		}
	}
	return false
}

func isEverybody(principal any) bool {
	switch p := principal.(type) {
	case string:
		return p == "*"
	case []any:
		for _, e := range p {
			if isEverybody(e) {
				return true
			}
		}
	case map[string]any:
		return isEverybody(p["AWS"])
	}
	return false
}
