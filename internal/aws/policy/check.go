package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is what a document is for.
type Kind uint8

// The kinds of document.
const (
	Inline  Kind = iota // of a user or role, or of a session
	Managed             // must say Version 2012-10-17
	Trust               // who may assume a role
)

const (
	errSyntax = "Syntax errors in policy."
	errLegacy = "The policy failed legacy parsing"
)

// Check compiles a document that is to be stored, or says in IAM's words why
// IAM would not take it (*ParseError). ARNs must be of the partition.
func Check(text string, kind Kind, partition string) (*Document, error) {
	s, ok := shape(text)
	if kind == Trust {
		if _, err := read(text); err != nil {
			return nil, &ParseError{"This policy contains invalid Json"}
		}
	}
	if !ok {
		return nil, &ParseError{errSyntax}
	}
	faults := (*source).identityFault
	if kind == Trust {
		faults = (*source).trustFault
	}
	d, built := s.build()
	if msg := faults(s, kind, partition, built); msg != "" {
		return nil, &ParseError{msg}
	}
	return d, nil
}

// identityFault is the first fault of an identity policy, in IAM's order.
func (s *source) identityFault(kind Kind, partition string, built bool) string {
	for _, st := range s.statements {
		if e := strings.ToLower(st.effect); e != "allow" && e != "deny" {
			return errSyntax
		}
	}
	if kind == Managed && s.version != version2012 {
		return "Policy document must be version 2012-10-17 or greater."
	}
	resourceFault, legacy := s.resourceFault(partition)
	if !built || legacy {
		return errLegacy
	}
	if msg := s.sidFault("Statement IDs (SID) in a single policy must be unique."); msg != "" {
		return msg
	}
	for _, st := range s.statements {
		if st.has["Principal"] || st.has["NotPrincipal"] {
			return "Policy document should not specify a principal."
		}
		if len(st.actions) == 0 {
			return "Policy statement must contain actions."
		}
	}
	if resourceFault != "" {
		return resourceFault
	}
	for _, st := range s.statements {
		for _, a := range st.actions {
			if msg := actionFault(a); msg != "" {
				return msg
			}
		}
	}
	for _, st := range s.statements {
		if len(st.resources) == 0 {
			return "Policy statement must contain resources."
		}
	}
	return ""
}

func (s *source) sidFault(twice string) string {
	seen := map[string]bool{}
	for _, st := range s.statements {
		for _, c := range st.sid {
			if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
				return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
			}
		}
		if st.sid != "" && seen[st.sid] {
			return twice
		}
		seen[st.sid] = true
	}
	return ""
}

func actionFault(action string) string {
	if action == "*" {
		return ""
	}
	vendor, name, ok := strings.Cut(action, ":")
	switch {
	case !ok:
		return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	case strings.Contains(name, ":"):
		return "Actions/Condition can contain only one colon."
	}
	for _, c := range vendor {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '.' && (c != '*' || vendor != "*") {
			return fmt.Sprintf("Vendor %s is not valid", vendor)
		}
	}
	return ""
}

// resourceFault is the first fault of the resources, and whether one of them is
// of the kind IAM calls legacy, which it tells before all others.
func (s *source) resourceFault(partition string) (first string, legacy bool) {
	for _, st := range s.statements {
		for _, r := range st.resources {
			msg := arnFault(r, partition)
			if msg == errLegacy {
				return "", true
			}
			if first == "" {
				first = msg
			}
		}
	}
	return first, false
}

// iamPaths are what a resource of IAM begins with.
func iamPaths() []string {
	return []string{"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/",
		"policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/"}
}

// arnFault is what is wrong with a resource.
func arnFault(r, partition string) string {
	if r == "*" {
		return ""
	}
	parts := strings.SplitN(r, ":", 6)
	if len(parts) == 1 {
		return fmt.Sprintf("Resource %s must be in ARN format or \"*\".", r)
	}
	if parts[1] != partition && !strings.ContainsAny(parts[1], "*?") || parts[0] != "arn" {
		full := append(slices.Clone(parts[2:]), "*", "*", "*", "*")
		return fmt.Sprintf("Partition \"%s\" is not valid for resource \"arn:%s:%s\".", parts[1], parts[1], strings.Join(full[:max(4, len(parts)-2)], ":"))
	}
	if len(parts) == 2 || strings.ContainsAny(parts[2], "*?") {
		return "Resource vendor must be fully qualified and cannot contain regexes."
	}
	if parts[2] == "" || len(parts) < 6 && strings.Contains(r, "::") {
		return errLegacy
	}
	parts = append(parts, "", "", "")
	service, region, rest := parts[2], parts[3], parts[5]
	switch {
	case service == "iam" && region != "" && region != "*":
		return fmt.Sprintf("IAM resource %s cannot contain region information.", r)
	case service == "s3" && region != "" && region != "*" && !strings.HasPrefix(rest, "accesspoint/"):
		return fmt.Sprintf("Resource %s can not contain region information.", r)
	case service == "iam" && rest != "" && !strings.HasPrefix(rest, "*") &&
		!slices.ContainsFunc(iamPaths(), func(p string) bool { return strings.HasPrefix(rest, p) }):
		return fmt.Sprintf("IAM resource path must either be \"*\" or start with %s.", strings.Join(iamPaths(), ", "))
	}
	return ""
}

// trustFault is the first fault of a trust policy.
func (s *source) trustFault(_ Kind, partition string, built bool) string {
	for _, st := range s.statements {
		switch st.effect {
		case "Allow", "Deny":
		case "":
			return "Missing required field Effect"
		default:
			return "Invalid effect: " + st.effect
		}
		if msg := st.trustPrincipalFault(partition); msg != "" {
			return msg
		}
		if len(st.actions) == 0 {
			return "Missing required field Action"
		}
		for _, a := range st.actions {
			if !strings.HasPrefix(a, "sts:") && a != "*" {
				return "AssumeRole policy may only specify STS AssumeRole actions."
			}
		}
		if st.has["Resource"] || st.has["NotResource"] {
			return "Has prohibited field Resource"
		}
	}
	if !built {
		return errSyntax
	}
	return s.sidFault("The Statement Ids in the policy are not unique")
}

func (st *rawStatement) trustPrincipalFault(partition string) string {
	switch {
	case st.notPrincipal && st.effect == "Allow":
		return "Allow with NotPrincipal is not allowed."
	case st.notPrincipal:
		return "AssumeRole policy must not contain NotPrincipal field."
	case !st.has["Principal"]:
		return "Missing required field Principal"
	case st.principalIsText && !st.anybody:
		return fmt.Sprintf("Invalid principal in policy: %s", errSyntax)
	case !st.anybody && len(st.principal) == 0:
		return "Missing required field Principal cannot be empty!"
	}
	for key, values := range st.principal {
		for _, v := range values {
			if !validPrincipal(key, v, partition) {
				return fmt.Sprintf("Invalid principal in policy: \"%s\":\"%s\"", strings.ToUpper(key), v)
			}
		}
		if len(values) == 0 {
			return "Missing required field Principal cannot be empty!"
		}
	}
	return ""
}

// validPrincipal tells whether a principal of a trust policy looks like one.
func validPrincipal(key, v, partition string) bool {
	switch key {
	case "Service":
		name, _, dotted := strings.Cut(v, ".")
		host := plainService(v)
		return dotted && name != "" && !strings.ContainsAny(v, "*? /:") && strings.HasSuffix(host, ".amazonaws.com")
	case "Federated":
		return v != ""
	case "AWS":
		if v == "*" || isAccount(v) {
			return true
		}
		p := strings.SplitN(v, ":", 6)
		if len(p) != 6 || p[0] != "arn" || p[1] != partition || p[3] != "" || !isAccount(p[4]) || strings.ContainsAny(p[5], "*?") {
			return false
		}
		return p[2] == "iam" && (p[5] == "root" || strings.HasPrefix(p[5], "user/") || strings.HasPrefix(p[5], "role/")) ||
			p[2] == "sts" && (strings.HasPrefix(p[5], "assumed-role/") || strings.HasPrefix(p[5], "federated-user/"))
	}
	return false
}

func isAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }
