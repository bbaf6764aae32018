package gatewaytest

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"weir/internal/aws/model"
	"weir/internal/aws/sigv4"
)

// Client calls operations by name with JSON inputs, in each service's protocol.
type Client struct {
	Server                   *Server
	AccessKey, Secret, Token string
	Region                   string // "": the server's
	Query                    bool   // speak the query protocol to a service that has it among others
}

// Error is an error as a client sees it.
type Error struct {
	Code, Message string
	Status        int
}

// Error is "Code (400): message".
func (e *Error) Error() string { return fmt.Sprintf("%s (%d): %s", e.Code, e.Status, e.Message) }

// Call runs an operation; input is JSON ("" for none), so is the output.
func (c *Client) Call(service, op, input string) (string, error) {
	m, err := model.Load(service)
	if err != nil {
		return "", err
	}
	if input == "" {
		input = "{}"
	}
	isQuery := c.Query || m.Metadata.Protocol == "query"
	body, header := []byte(input), http.Header{"X-Amz-Target": {m.Metadata.TargetPrefix + "." + op},
		"Content-Type": {"application/x-amz-json-" + m.Metadata.JSONVersion}}
	if isQuery {
		if body, err = form(m, op, input); err != nil {
			return "", err
		}
		header = http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	}
	status, answer, err := c.post(m, body, header)
	if err != nil {
		return "", err
	}
	if isQuery {
		return readXML(m, op, status, answer)
	}
	return readJSON(status, answer)
}

func (c *Client) post(m *model.Service, body []byte, header http.Header) (int, []byte, error) {
	region := c.Region
	if region == "" {
		region = c.Server.Region
	}
	ctx := context.Background()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Server.URL+"/", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header = header
	creds := aws.Credentials{AccessKeyID: c.AccessKey, SecretAccessKey: c.Secret, SessionToken: c.Token}
	err = v4.NewSigner().SignHTTP(ctx, creds, r, sigv4.Hash(body), m.Metadata.Signing(), region, c.Server.Clock.Now())
	if err != nil {
		return 0, nil, err
	}
	res, err := (&http.Client{}).Do(r)
	if err != nil {
		return 0, nil, err
	}
	answer, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	return res.StatusCode, answer, err
}

func readJSON(status int, body []byte) (string, error) {
	if status != http.StatusOK {
		var e struct {
			Type    string `json:"__type"`
			Message string `json:"message"`
			Upper   string `json:"Message"`
		}
		if err := json.Unmarshal(body, &e); err != nil {
			return "", &Error{Code: "NotJSON", Message: string(body), Status: status}
		}
		return "", &Error{Code: e.Type, Message: e.Message + e.Upper, Status: status}
	}
	if len(body) == 0 {
		return "", nil
	}
	var out bytes.Buffer
	err := json.Indent(&out, body, "", "  ")
	return out.String(), err
}

// form writes a JSON input as the query protocol has it.
func form(m *model.Service, op, input string) ([]byte, error) {
	d := json.NewDecoder(strings.NewReader(input))
	d.UseNumber()
	var in any
	if err := d.Decode(&in); err != nil {
		return nil, err
	}
	values := url.Values{"Action": {op}, "Version": {m.Metadata.APIVersion}}
	flatten(values, "", in)
	return []byte(values.Encode()), nil
}

func flatten(values url.Values, at string, v any) {
	below := func(name string) string {
		if at == "" {
			return name
		}
		return at + "." + name
	}
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			flatten(values, below(k), x)
		}
	case []any:
		for i, x := range v {
			flatten(values, below("member."+strconv.Itoa(i+1)), x)
		}
		if len(v) == 0 {
			values.Set(at, "")
		}
	default:
		values.Set(at, fmt.Sprint(v))
	}
}

// element is any XML.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func (e *element) child(name string) *element {
	for i := range e.Children {
		if e.Children[i].XMLName.Local == name {
			return &e.Children[i]
		}
	}
	return nil
}

func readXML(m *model.Service, op string, status int, body []byte) (string, error) {
	var doc element
	if err := xml.Unmarshal(body, &doc); err != nil {
		return "", &Error{Code: "NotXML", Message: string(body), Status: status}
	}
	if status != http.StatusOK {
		e := doc.child("Error")
		if e == nil {
			return "", &Error{Code: "NoError", Message: string(body), Status: status}
		}
		return "", &Error{Code: e.child("Code").Text, Message: e.child("Message").Text, Status: status}
	}
	if doc.XMLName.Local != op+"Response" || doc.XMLName.Space != m.Metadata.XMLNamespace || doc.child("ResponseMetadata") == nil {
		return "", fmt.Errorf("not an answer to %s: %s", op, body)
	}
	out := m.Operations[op].Output
	if out == nil {
		return "", nil
	}
	result := doc.child(out.ResultWrapper)
	if result == nil {
		return "", fmt.Errorf("the answer has no %s: %s", out.ResultWrapper, body)
	}
	text, err := json.MarshalIndent(value(m, out.Shape, result), "", "  ")
	return string(text), err
}

// value reads an element as the model's shape.
func value(m *model.Service, shape string, e *element) any {
	sh := m.Shapes[shape]
	switch sh.Type {
	case "structure":
		out := map[string]any{}
		for _, mem := range sh.Members {
			if c := e.child(mem.Name); c != nil {
				out[mem.Name] = value(m, mem.Shape, c)
			}
		}
		return out
	case "list":
		out := []any{}
		for i := range e.Children {
			out = append(out, value(m, sh.Member.Shape, &e.Children[i]))
		}
		return out
	case "map":
		out := map[string]any{}
		for i := range e.Children {
			out[e.Children[i].child("key").Text] = value(m, sh.Value.Shape, e.Children[i].child("value"))
		}
		return out
	case "integer", "long", "float", "double":
		return json.Number(e.Text)
	case "boolean":
		return e.Text == "true"
	}
	return e.Text
}
