// Package model reads AWS's public service models: operations, shapes,
// constraints, errors.
//
// Vocabulary. A Service is one model, trimmed to the operations Weir serves (one
// a line in <service>/ops.txt) and to the shapes these need, without its prose;
// it stands in <service>/model.json, written by internal/aws/model/gen out of
// botocore's files and embedded here. A Shape is a type, a Member a field of a
// structure, a Ref the use of a shape somewhere.
//
// The model is the only source of names, constraints, error codes and statuses:
// nothing of what it says is repeated by hand elsewhere. Members keep the
// model's order, which is the order in which AWS names them in its messages.
// This package does not check anything: internal/aws/model/validate does.
package model

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

//go:embed */model.json */ops.txt
var files embed.FS

// Service is one service's model.
type Service struct {
	Name       string                `json:"-"` // the directory: "kinesis", "logs"
	Metadata   Metadata              `json:"metadata"`
	Operations map[string]*Operation `json:"operations"`
	Shapes     map[string]*Shape     `json:"shapes"`
	// Others are the operations AWS has and this model was trimmed of.
	Others []string `json:"others"`
}

// Metadata is how a service is addressed on the wire.
type Metadata struct {
	APIVersion         string    `json:"apiVersion"`
	EndpointPrefix     string    `json:"endpointPrefix"`
	JSONVersion        string    `json:"jsonVersion,omitempty"`
	Protocol           string    `json:"protocol"`
	Protocols          []string  `json:"protocols"`
	ServiceID          string    `json:"serviceId"`
	SigningName        string    `json:"signingName,omitempty"`
	TargetPrefix       string    `json:"targetPrefix,omitempty"`
	XMLNamespace       string    `json:"xmlNamespace,omitempty"`
	AWSQueryCompatible *struct{} `json:"awsQueryCompatible,omitempty"`
}

// Signing is the service's name in a credential scope and in IAM actions' scope.
func (m Metadata) Signing() string {
	if m.SigningName != "" {
		return m.SigningName
	}
	return m.EndpointPrefix
}

// Operation is one operation of a service.
type Operation struct {
	Name   string `json:"name"`
	Input  *Ref   `json:"input,omitempty"`
	Output *Ref   `json:"output,omitempty"`
	Errors []Ref  `json:"errors,omitempty"`
}

// Ref is the use of a shape.
type Ref struct {
	Shape         string `json:"shape"`
	ResultWrapper string `json:"resultWrapper,omitempty"`
}

// Shape is a type of the model.
type Shape struct {
	Type            string    `json:"type"`
	Members         Members   `json:"members,omitempty"`
	Required        []string  `json:"required,omitempty"`
	Member          *Ref      `json:"member,omitempty"`
	Key             *Ref      `json:"key,omitempty"`
	Value           *Ref      `json:"value,omitempty"`
	Enum            []string  `json:"enum,omitempty"`
	Min             *float64  `json:"min,omitempty"`
	Max             *float64  `json:"max,omitempty"`
	Pattern         string    `json:"pattern,omitempty"`
	TimestampFormat string    `json:"timestampFormat,omitempty"`
	Sensitive       bool      `json:"sensitive,omitempty"`
	Union           bool      `json:"union,omitempty"`
	Document        bool      `json:"document,omitempty"` // any JSON, whatever Type says
	Exception       bool      `json:"exception,omitempty"`
	Fault           bool      `json:"fault,omitempty"`
	Error           *ErrorDef `json:"error,omitempty"`
}

// ErrorDef is what a query service says of an error shape.
type ErrorDef struct {
	Code           string `json:"code,omitempty"`
	HTTPStatusCode int    `json:"httpStatusCode,omitempty"`
	SenderFault    bool   `json:"senderFault,omitempty"`
}

// IsRequired reports whether the structure requires the member.
func (s *Shape) IsRequired(member string) bool {
	for _, r := range s.Required {
		if r == member {
			return true
		}
	}
	return false
}

// Status is the HTTP status of an error shape, 0 where the model says nothing.
func (s *Shape) Status() int {
	switch {
	case s.Error != nil && s.Error.HTTPStatusCode != 0:
		return s.Error.HTTPStatusCode
	case s.Fault:
		return 500
	}
	return 0
}

// Member is a field of a structure.
type Member struct {
	Name string
	Ref
}

// Members are a structure's fields in the model's order.
type Members []Member

// UnmarshalJSON keeps the order of the object's keys.
func (m *Members) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		mem := Member{Name: key.(string)}
		if err := d.Decode(&mem.Ref); err != nil {
			return err
		}
		*m = append(*m, mem)
	}
	return nil
}

// MarshalJSON writes the members as an object in their order.
func (m Members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, mem := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		ref, err := json.Marshal(mem.Ref)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", mem.Name, ref)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Names are the services that have a model here, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("model: embedded files: " + err.Error())
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	sort.Strings(names)
	return names
}

// Load reads the model of a service.
func Load(service string) (*Service, error) {
	data, err := files.ReadFile(service + "/model.json")
	if err != nil {
		return nil, fmt.Errorf("no model for service %q (have %s)", service, strings.Join(Names(), ", "))
	}
	s := &Service{Name: service}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("reading the model of %s: %w", service, err)
	}
	return s, nil
}

// Listed are the operations named in the service's ops.txt, in its order.
func Listed(service string) ([]string, error) {
	data, err := files.ReadFile(service + "/ops.txt")
	if err != nil {
		return nil, fmt.Errorf("no ops.txt for service %q", service)
	}
	return ParseOps(string(data)), nil
}

// ParseOps reads an ops.txt: one operation a line, # begins a comment.
func ParseOps(text string) []string {
	var ops []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			ops = append(ops, line)
		}
	}
	return ops
}

// GoName is the Go name of a member or shape: its first letter upper-cased.
func GoName(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
