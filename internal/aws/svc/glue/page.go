package glue

import (
	"encoding/base64"
	"encoding/json"
	"iter"
	"slices"
	"strings"
)

func lower(s string) string { return strings.ToLower(s) }

func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

// page takes at most size values of seq and the token of the rest. after tells
// the store where the token left off; key is a value's place for the next token.
func page[T any](seq iter.Seq2[T, error], size int, keep func(T) bool, key func(T) []string) (out []T, next *string, err error) {
	var last []string
	for v, err := range seq {
		if err != nil {
			return nil, nil, err
		}
		if len(out) == size {
			data, err := json.Marshal(last)
			if err != nil {
				return nil, nil, err
			}
			return out, new(base64.RawURLEncoding.EncodeToString(data)), nil
		}
		last = key(v)
		if keep == nil || keep(v) {
			out = append(out, v)
		}
	}
	return out, nil, nil
}

// after is the place a token names; nil for the start.
func after(token *string, prefix ...string) ([]string, error) {
	if token == nil || *token == "" {
		return nil, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(*token)
	var key []string
	if err != nil || json.Unmarshal(data, &key) != nil || len(key) < len(prefix) || !slices.Equal(key[:len(prefix)], prefix) {
		return nil, invalid("NextToken is not valid for this request")
	}
	return key, nil
}

// size is how many results a page has.
func size(want *int32, most int) int {
	if want == nil || *want <= 0 || int(*want) > most {
		return most
	}
	return int(*want)
}
