package session

import (
	"fmt"
	"regexp"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/types"
)

// tableText is a table's declaration as SHOW CREATE TABLE has it.
func tableText(t *catalog.Table) string {
	create := "CREATE TABLE "
	if t.Temporary {
		create = "CREATE TEMPORARY TABLE "
	}
	var lines []string
	for _, c := range t.Columns {
		l := "  " + ast.QuoteIdent(c.Name) + " "
		if c.Computed != nil {
			l += "AS " + ast.Lines(c.Computed)
		} else {
			l += columnType(c.Type)
			if m := metadataText(c); m != "" {
				l += " " + m
			}
		}
		if c.Comment != "" {
			l += " COMMENT " + ast.QuoteString(c.Comment)
		}
		lines = append(lines, l)
	}
	if w := t.Watermark; w != nil {
		lines = append(lines, fmt.Sprintf("  WATERMARK FOR `%s` AS %s", strings.ReplaceAll(w.Column, ".", "`.`"), w.Text))
	}
	if len(t.PrimaryKey) > 0 {
		lines = append(lines, "  CONSTRAINT "+ast.QuoteIdent(t.KeyName)+" PRIMARY KEY ("+quoted(t.PrimaryKey)+") NOT ENFORCED")
	}
	b := create + t.Path.Quoted()
	if len(lines) > 0 {
		b += " (\n" + strings.Join(lines, ",\n") + "\n)"
	}
	b += commentText(t.Comment)
	if t.Distribution != nil {
		b += "\n" + distributionText(t.Distribution)
	}
	if len(t.PartitionKeys) > 0 {
		b += "\nPARTITIONED BY (" + quoted(t.PartitionKeys) + ")"
	}
	return b + withText(t.Options) + "\n"
}

// metadataText is METADATA [FROM 'key'] [VIRTUAL]; "" for other columns.
func metadataText(c catalog.Column) string {
	if c.Metadata == "" {
		return ""
	}
	e := "METADATA"
	if c.Metadata != c.Name {
		e += " FROM " + ast.QuoteString(c.Metadata)
	}
	if c.Virtual {
		e += " VIRTUAL"
	}
	return e
}

func distributionText(d *catalog.Distribution) string {
	b := "DISTRIBUTED"
	if len(d.Columns) > 0 {
		b += " BY " + d.Kind + "(" + quoted(d.Columns) + ")"
	}
	if d.Buckets != "" {
		b += " INTO " + d.Buckets + " BUCKETS"
	}
	return b
}

// columnType prints a type in full (asSerializableString): STRING and BYTES are
// the longest VARCHAR and VARBINARY, TIMESTAMP_LTZ is written out.
func columnType(t types.Type) string {
	localTime := regexp.MustCompile(`TIMESTAMP_LTZ\((\d)\)`)
	var b strings.Builder
	for i, part := range strings.Split(t.String(), "`") {
		if i > 0 {
			b.WriteByte('`')
		}
		if i%2 == 0 { // not a field's name
			part = localTime.ReplaceAllString(part, "TIMESTAMP($1) WITH LOCAL TIME ZONE")
			part = strings.NewReplacer("STRING", fmt.Sprintf("VARCHAR(%d)", types.MaxLen), "BYTES", fmt.Sprintf("VARBINARY(%d)", types.MaxLen)).Replace(part)
		}
		b.WriteString(part)
	}
	return b.String()
}

func quoted(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = ast.QuoteIdent(n)
	}
	return strings.Join(parts, ", ")
}
