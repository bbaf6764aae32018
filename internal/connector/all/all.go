// Package all lists the connectors and formats of Weir, a line each.
package all

import (
	"weir/internal/connector"
	"weir/internal/connector/blackhole"
	"weir/internal/connector/datagen"
	"weir/internal/connector/filesystem"
	"weir/internal/connector/kinesis"
	"weir/internal/connector/nexmark"
	"weir/internal/connector/print"
	"weir/internal/format"
	"weir/internal/format/csv"
	"weir/internal/format/json"
	"weir/internal/format/raw"
)

// Connectors are the connectors by name.
func Connectors() map[string]*connector.Factory {
	m := map[string]*connector.Factory{}
	for _, f := range []*connector.Factory{
		blackhole.Factory(),
		datagen.Factory(),
		filesystem.Factory(),
		kinesis.Factory(),
		nexmark.Factory(),
		print.Factory(),
	} {
		m[f.Name] = f
	}
	return m
}

// Formats are the formats by name.
func Formats() map[string]*format.Format {
	m := map[string]*format.Format{}
	for _, f := range []*format.Format{
		csv.Format(),
		json.Format(),
		raw.Format(),
	} {
		m[f.Name] = f
	}
	return m
}
