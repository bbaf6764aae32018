package gateway

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"weir/internal/aws/model"
	"weir/internal/aws/model/validate"
	"weir/internal/aws/wire"
)

// service is one service behind the gateway.
type service struct {
	svc    wire.Service
	model  *model.Service
	prefix string // of its IAM actions
	ops    map[string]*operation
}

// operation is one operation served.
type operation struct {
	svc     *service
	name    string
	handler wire.Handler
	model   *model.Operation
	action  string
	free    bool // nobody is asked whether the caller may
	tags    tagFields
	checker func() (*validate.Checker, error)
}

func newService(svc wire.Service, m *model.Service) *service {
	s := &service{svc: svc, model: m, prefix: m.Metadata.Signing(), ops: map[string]*operation{}}
	if s.prefix == "monitoring" {
		s.prefix = "cloudwatch" // signs by one name, is permitted by another
	}
	self, _ := svc.(wire.SelfAuthorizer)
	for name, h := range svc.Ops() {
		om := m.Operations[name]
		if om == nil {
			continue // CheckOps tells
		}
		in := reflect.TypeOf(h.New()).Elem()
		s.ops[name] = &operation{
			svc: s, name: name, handler: h, model: om, action: s.prefix + ":" + name, tags: findTags(in),
			free: permitted(s.prefix, name) || self != nil && self.Authorizes(name),
			checker: sync.OnceValues(func() (*validate.Checker, error) {
				return validate.Compile(m, name, in)
			}),
		}
	}
	return s
}

// permitted are the operations AWS lets everyone call.
func permitted(prefix, op string) bool {
	return prefix == "sts" && (op == "GetCallerIdentity" || op == "GetSessionToken")
}

// validate checks an input against the model.
func (op *operation) validate(in any, missing []string) error {
	checker, err := op.checker()
	if err != nil {
		return err
	}
	faults := checker.Check(in, missing)
	if len(faults) == 0 {
		return nil
	}
	return wire.Errorf(validationCode(op.svc.model.Name), "%s", validate.Message(faults))
}

// validationCode is the error a service answers for an input that breaks the model.
func validationCode(service string) string {
	switch service {
	case "logs":
		return "InvalidParameterException"
	case "athena":
		return "InvalidRequestException"
	case "iam", "sts", "cloudwatch":
		return "ValidationError"
	}
	return "ValidationException"
}

// CheckOps compares the operations a service serves with its ops.txt; the two
// must be the same, for the coverage page and the models come from the file.
func CheckOps(svc wire.Service) error {
	listed, err := model.Listed(svc.Name())
	if err != nil {
		return err
	}
	served := svc.Ops()
	var wrong []string
	for _, name := range listed {
		if _, ok := served[name]; !ok {
			wrong = append(wrong, name+" is listed and has no handler")
		}
	}
	for name := range served {
		if !slices.Contains(listed, name) {
			wrong = append(wrong, name+" has a handler and is not listed")
		}
	}
	if wrong == nil {
		return nil
	}
	slices.Sort(wrong)
	return fmt.Errorf("internal/aws/model/%s/ops.txt and the service's Ops differ: %s (edit one of them, then `make generate`)",
		svc.Name(), strings.Join(wrong, "; "))
}
