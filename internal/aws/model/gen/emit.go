package main

import (
	"bytes"
	"fmt"

	"weir/internal/aws/model"
)

// emit writes the Go source of a service's shapes.
func emit(s *model.Service) []byte {
	var b bytes.Buffer
	packageDoc(&b, s)
	structs, usesTime := structures(s)
	if usesTime {
		fmt.Fprintf(&b, "import \"time\"\n\n")
	}
	for _, name := range sorted(structs) {
		emitStruct(&b, s, name, structs[name])
	}
	emitEnums(&b, s, structs)
	return b.Bytes()
}

// structures are the structs to write: every structure that is no error, and an
// empty input or output where the model has none.
func structures(s *model.Service) (map[string]*model.Shape, bool) {
	structs, usesTime := map[string]*model.Shape{}, false
	errorShapes := map[string]bool{}
	for _, op := range s.Operations {
		for _, e := range op.Errors {
			errorShapes[e.Shape] = true
		}
	}
	for name, sh := range s.Shapes {
		switch {
		case sh.Type == "timestamp":
			usesTime = true
		case sh.Type == "structure" && !errorShapes[name] && !sh.Exception:
			structs[name] = sh
		}
	}
	for name, op := range s.Operations {
		if op.Input == nil {
			structs[name+"Input"] = &model.Shape{Type: "structure"}
		}
		if op.Output == nil {
			structs[name+"Output"] = &model.Shape{Type: "structure"}
		}
	}
	return structs, usesTime
}

func emitStruct(b *bytes.Buffer, s *model.Service, name string, sh *model.Shape) {
	fmt.Fprintf(b, "// %s is the model's %s.\ntype %s struct {\n", model.GoName(name), name, model.GoName(name))
	for _, m := range sh.Members {
		required := sh.IsRequired(m.Name)
		tag := m.Name
		if required {
			tag += ",required"
		}
		if f := s.Shapes[m.Shape].TimestampFormat; f != "" {
			tag += ",ts=" + f
		}
		fmt.Fprintf(b, "\t%s %s `aws:%q`\n", model.GoName(m.Name), fieldType(s, m.Shape, required), tag)
	}
	fmt.Fprintf(b, "}\n\n")
}

// fieldType is the Go type of a structure's member.
func fieldType(s *model.Service, shape string, required bool) string {
	t := elemType(s, shape)
	switch s.Shapes[shape].Type {
	case "structure":
		return "*" + t
	case "list", "map", "blob":
		return t
	}
	if required || t == "any" {
		return t
	}
	return "*" + t
}

// elemType is the Go type of a value of the shape in a list or map.
func elemType(s *model.Service, shape string) string {
	sh := s.Shapes[shape]
	switch sh.Type {
	case "string":
		return "string"
	case "integer":
		return "int32"
	case "long":
		return "int64"
	case "float":
		return "float32"
	case "double":
		return "float64"
	case "boolean":
		return "bool"
	case "timestamp":
		return "time.Time"
	case "blob":
		return "[]byte"
	case "list":
		return "[]" + elemType(s, sh.Member.Shape)
	case "map":
		return "map[string]" + elemType(s, sh.Value.Shape)
	case "structure":
		return model.GoName(shape)
	}
	panic("gen: shape " + shape + " has the unknown type " + sh.Type)
}

// emitEnums writes a constant for every enum value; a name that is taken gets
// the word Value.
func emitEnums(b *bytes.Buffer, s *model.Service, structs map[string]*model.Shape) {
	taken := map[string]bool{}
	for name := range structs {
		taken[model.GoName(name)] = true
	}
	for _, name := range sorted(s.Shapes) {
		sh := s.Shapes[name]
		if len(sh.Enum) == 0 {
			continue
		}
		fmt.Fprintf(b, "// Values of %s.\nconst (\n", name)
		for _, v := range sh.Enum {
			c := model.GoName(name) + ident(v)
			for taken[c] {
				c += "Value"
			}
			taken[c] = true
			fmt.Fprintf(b, "\t%s = %q\n", c, v)
		}
		fmt.Fprintf(b, ")\n\n")
	}
}
