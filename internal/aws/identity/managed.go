package identity

import (
	"bytes"
	_ "embed" // for managed.json
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// managedJSON has the AWS managed policies that tools and guides of the services
// served here name; AWS has about a thousand more, and attaching one of those is
// refused as not existing, rather than granting something else.
//
//go:embed managed.json
var managedJSON []byte

// awsPolicies are the AWS managed policies of a partition.
func awsPolicies(partition string) ([]Policy, error) {
	var entries []struct {
		Name, Path, ID, Description string
		Created                     time.Time
		Version                     int
		Document                    json.RawMessage
	}
	if err := json.Unmarshal(managedJSON, &entries); err != nil {
		return nil, fmt.Errorf("managed.json: %w", err)
	}
	var out []Policy
	s := &Store{Deps: Deps{Partition: partition}}
	for _, e := range entries {
		var text bytes.Buffer
		if err := json.Indent(&text, e.Document, "", "    "); err != nil {
			return nil, fmt.Errorf("managed.json, %s: %w", e.Name, err)
		}
		document := strings.ReplaceAll(text.String(), `"arn:aws:`, `"arn:`+partition+`:`)
		p := Policy{Name: e.Name, Path: e.Path, ID: e.ID, Description: e.Description,
			ARN:     "arn:" + partition + ":iam::aws:policy" + e.Path + e.Name,
			Created: e.Created, Updated: e.Created, Default: e.Version, Last: e.Version,
			Versions: []Version{{Number: e.Version, Document: document, Created: e.Created}}}
		if err := s.preparePolicy(&p); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
