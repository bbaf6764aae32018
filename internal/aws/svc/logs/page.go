package logs

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"weir/internal/aws/wire"
)

// pageToken is what a nextToken holds: the last thing that was listed.
type pageToken struct {
	Name string `json:",omitempty"`
	Time int64  `json:",omitempty"` // ms
	Seq  uint64 `json:",omitempty"`
}

func (t pageToken) text() string {
	data, err := json.Marshal(t)
	if err != nil { // strings and numbers only
		panic(fmt.Sprintf("encoding a token: %v", err))
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func readToken(text string) (t pageToken, err error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if err != nil {
		return t, wire.Errorf(codeInvalid, "The specified nextToken is invalid.")
	}
	return t, nil
}

// paged is the page of all that begins behind token; more says that another
// follows it. after tells what stands behind a token.
func paged[T any](all []T, token *string, limit *int32, after func(T, pageToken) bool) (page []T, more bool, err error) {
	if token != nil {
		last, err := readToken(*token)
		if err != nil {
			return nil, false, err
		}
		for len(all) > 0 && !after(all[0], last) {
			all = all[1:]
		}
	}
	n := describeLimit
	if limit != nil {
		n = int(*limit)
	}
	return all[:min(n, len(all))], len(all) > n, nil
}

func joinInts(ns []int32) string {
	return "[" + strings.Trim(strings.ReplaceAll(fmt.Sprint(ns), " ", ", "), "[]") + "]"
}
