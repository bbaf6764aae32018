package main

import (
	"bytes"
	"fmt"
	"strings"

	"weir/internal/aws/model"
)

// emitCoverage writes the page that tells which operations Weir serves.
func emitCoverage(services []*model.Service) []byte {
	var b bytes.Buffer
	b.WriteString("<!-- Written by internal/aws/model/gen from the ops.txt files. Do not edit. -->\n\n# AWS operations\n\n")
	b.WriteString("An operation AWS has and Weir does not is answered as AWS answers an operation it does not know.\n\n")
	b.WriteString("| service | API | served | of |\n|---|---|---|---|\n")
	for _, s := range services {
		n := len(s.Operations)
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %d | %d |\n", s.Metadata.ServiceID, strings.ToLower(s.Name), s.Metadata.APIVersion, n, n+len(s.Others))
	}
	for _, s := range services {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.Name, strings.Join(sorted(s.Operations), ", "))
	}
	return b.Bytes()
}
