package kinesisanalyticsv2

import (
	"encoding/base64"
	"slices"
)

// defaultPage is how many entries a page has when nothing else is asked for.
const defaultPage = 50

func token(last string) *string { return new(base64.RawURLEncoding.EncodeToString([]byte(last))) }

// readToken is the last entry of the page before, "" for none.
func readToken(text *string) (string, error) {
	if text == nil {
		return "", nil
	}
	last, err := base64.RawURLEncoding.DecodeString(*text)
	if err != nil || len(last) == 0 {
		return "", invalid("The NextToken is not valid.")
	}
	return string(last), nil
}

// paged is the page of all that follows the entry of a token.
func paged[T any](all []T, limit *int32, next *string, id func(T) string) ([]T, *string, error) {
	after, err := readToken(next)
	if err != nil {
		return nil, nil, err
	}
	if after != "" {
		i := slices.IndexFunc(all, func(x T) bool { return id(x) == after })
		if i < 0 {
			return nil, nil, invalid("The NextToken is not valid.")
		}
		all = all[i+1:]
	}
	n := int(value(limit, defaultPage))
	if len(all) <= n {
		return all, nil, nil
	}
	return all[:n], token(id(all[n-1])), nil
}
