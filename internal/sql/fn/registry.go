package fn

import "strings"

// Registry finds functions by name.
type Registry struct {
	byName map[string]*Def
	defs   []*Def
}

// BuiltIn returns the registry of all built-in functions.
func BuiltIn() *Registry {
	r := &Registry{byName: map[string]*Def{}}
	for _, family := range families {
		for _, d := range family() {
			r.defs = append(r.defs, d)
			for _, name := range append([]string{d.Name}, d.Aliases...) {
				r.byName[strings.ToUpper(name)] = d
			}
		}
	}
	return r
}

// families are the lists of functions, one a file.
var families = []func() []*Def{
	aggregates,
	deviations,
	lists,
	jsonAggregates,
	rankings,
	offsets,
	groupings,
	arithmetic,
	comparisons,
	texts,
	matches,
	encodings,
	conditions,
	numbers,
	moments,
	momentTexts,
	nows,
	collections,
	constructors,
	jsons,
	conversions,
}

// Lookup finds a function by its name, in any case; nil when there is none.
// Operators go by their symbol: "+", "||", "LIKE".
func (r *Registry) Lookup(name string) *Def { return r.byName[strings.ToUpper(name)] }

// All are the functions in order of their families.
func (r *Registry) All() []*Def { return r.defs }

// Names are the upper-case names, aliases included, for suggestions.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.byName))
	for n := range r.byName {
		names = append(names, n)
	}
	return names
}
