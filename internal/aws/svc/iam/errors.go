package iam

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"unicode"

	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

func notFound(format string, args ...any) error { return wire.Errorf("NoSuchEntity", format, args...) }

func exists(format string, args ...any) error {
	return wire.Errorf("EntityAlreadyExists", format, args...)
}

func conflict(message string) error { return wire.Errorf("DeleteConflict", "%s", message) }

func exceeded(format string, args ...any) error { return wire.Errorf("LimitExceeded", format, args...) }

func invalid(format string, args ...any) error { return wire.Errorf("InvalidInput", format, args...) }

func rejected(message string) error { return wire.Errorf("ValidationError", "%s", message) }

// check refuses a document IAM would not store.
func check(c *wire.Call, document string, kind policy.Kind) (*policy.Document, error) {
	d, err := policy.Check(document, kind, c.Partition)
	var bad *policy.ParseError
	if errors.As(err, &bad) {
		return nil, wire.Errorf("MalformedPolicyDocument", "%s", bad.Msg)
	}
	return d, err
}

// size is a document's length as quotas count it: white space is free.
func size(document string) int {
	n := 0
	for _, r := range document {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// encoded is a document as IAM answers with it: percent-encoded.
func encoded(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

// defaultPage is how many entries a list has when MaxItems does not say.
const defaultPage = 100

// page cuts a sorted list: what follows the marker, MaxItems at most. The marker
// is the key of the last entry of the page before, so that it holds while the
// list changes.
func page[T any](items []T, key func(T) string, marker *string, maxItems *int32) (out []T, truncated *bool, next *string, err error) {
	after := ""
	if marker != nil {
		text, err := base64.RawURLEncoding.DecodeString(*marker)
		if err != nil || len(text) == 0 {
			return nil, nil, nil, rejected("Invalid Marker.")
		}
		after = string(text)
	}
	most := defaultPage
	if maxItems != nil {
		most = int(*maxItems)
	}
	out = []T{}
	for _, x := range items {
		if marker != nil && key(x) <= after {
			continue
		}
		if len(out) == most {
			return out, new(true), new(base64.RawURLEncoding.EncodeToString([]byte(key(out[most-1])))), nil
		}
		out = append(out, x)
	}
	return out, new(false), nil, nil
}

// opt is a pointer to a text, nil for "".
func opt(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// under tells whether a path begins with a list's PathPrefix.
func under(path string, prefix *string) bool {
	return prefix == nil || strings.HasPrefix(path, *prefix)
}
