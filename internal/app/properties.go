package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"weir/internal/errs"
)

// PropertyGroup is one group as application_properties.json has it.
type PropertyGroup struct {
	PropertyGroupId string //nolint:revive // AWS's spelling
	PropertyMap     map[string]string
}

// Properties are an application's property groups.
type Properties []PropertyGroup

// ParseProperties reads the JSON of application_properties.json.
func ParseProperties(data []byte) (Properties, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var p Properties
	if err := d.Decode(&p); err != nil {
		return nil, errs.New(errs.Invalid, "app.properties", `the properties are not of the form [{"PropertyGroupId": "…", "PropertyMap": {"key": "value"}}]`).Because(err)
	}
	return p, p.check()
}

// Group is the map of a group.
func (p Properties) Group(id string) (map[string]string, bool) {
	for _, g := range p {
		if g.PropertyGroupId == id {
			return g.PropertyMap, true
		}
	}
	return nil, false
}

// JSON is the content of application_properties.json.
func (p Properties) JSON() []byte {
	if p == nil {
		p = Properties{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil { // strings only
		panic(fmt.Sprintf("encoding properties: %v", err))
	}
	return b.Bytes()
}

// check refuses what no program could tell apart.
func (p Properties) check() error {
	seen := map[string]bool{}
	for _, g := range p {
		if g.PropertyGroupId == "" {
			return errs.New(errs.Invalid, "app.properties", "a property group has no PropertyGroupId")
		}
		if seen[g.PropertyGroupId] {
			return errs.New(errs.Invalid, "app.properties", "property group %s is there twice", g.PropertyGroupId)
		}
		seen[g.PropertyGroupId] = true
	}
	return nil
}

// runtimes are the Flink versions a runtime can name.
const runtimes = " 1.6 1.8 1.11 1.13 1.15 1.18 1.19 1.20 2.2 "

// Profile is the Flink version whose behaviour a runtime (FLINK-1_11) wants:
// "1.11". Runtimes that are no Flink for streaming programs are an error.
func Profile(runtime string) (string, error) {
	version, ok := strings.CutPrefix(runtime, "FLINK-")
	version = strings.ReplaceAll(version, "_", ".")
	if !ok || !strings.Contains(runtimes, " "+version+" ") {
		return "", errs.New(errs.Unsupported, "app.runtime", "runtime %s is not supported", runtime).
			WithHint("Weir runs FLINK-1_6, 1_8, 1_11, 1_13, 1_15, 1_18, 1_19, 1_20 and 2_2")
	}
	return version, nil
}
