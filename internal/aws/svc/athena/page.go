package athena

import (
	"encoding/base64"
	"encoding/json"
	"slices"

	"weir/internal/aws/store"
)

// page takes at most size (want, but no more than most) values under prefix from
// a token on, and gives the token of the rest.
func page[T any](t store.Table[T], token *string, want *int32, most int, prefix []string, key func(T) []string) (out []T, next *string, err error) {
	var after []string
	if token != nil {
		data, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil || json.Unmarshal(data, &after) != nil || len(after) < len(prefix) || !slices.Equal(after[:len(prefix)], prefix) {
			return nil, nil, invalid("INVALID_INPUT", "NextToken is not valid for this request")
		}
	}
	size := most
	if n := deref(want); n > 0 && int(n) < most {
		size = int(n)
	}
	for v, err := range t.Scan(prefix, after) {
		if err != nil {
			return nil, nil, err
		}
		if len(out) == size {
			data, err := json.Marshal(after)
			if err != nil {
				return nil, nil, err
			}
			return out, new(base64.RawURLEncoding.EncodeToString(data)), nil
		}
		out = append(out, v)
		after = key(v)
	}
	return out, nil, nil
}
