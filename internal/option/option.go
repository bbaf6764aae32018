// Package option turns the options of a table into tagged structs, so that an
// option is named, typed, documented and defaulted in one place.
//
// A struct field with the tag `option:"scan.stream.initpos"` takes that option;
// `default:"LATEST"` is its default, `enum:"LATEST,TRIM_HORIZON"` its values,
// `required:"true"` makes it mandatory, `doc:"…"` describes it. Field types are
// string, bool, int, int64, float64, time.Duration ("1 min"), Size ("128MB"),
// and pointers to these for options that may be absent. A field of type
// map[string]string with `option:"prefix.*"` takes every option under the
// prefix; `fields.#.kind` is such a map too, with prefix "fields.".
//
// Decode's errors are for the user, in Flink's words, and name the nearest
// known option.
package option

import (
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"

	"weir/internal/errs"
)

// Size is a number of bytes, written as "128MB" or "64 kb".
type Size int64

// Decode fills the struct that into points to from values. An option that
// neither the struct nor also takes is an error; also are the names (or
// "prefix.*") that others read, such as "connector" and "json.*".
func Decode(values map[string]string, into any, also ...string) error {
	v := reflect.ValueOf(into).Elem()
	known := append([]string(nil), also...)
	var problems []error
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := f.Tag.Get("option")
		if name == "" {
			continue
		}
		known = append(known, name)
		if err := fill(v.Field(i), f, name, values); err != nil {
			problems = append(problems, err)
		}
	}
	if err := unknown(values, known); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func fill(to reflect.Value, f reflect.StructField, name string, values map[string]string) error {
	if prefix, ok := strings.CutSuffix(name, "*"); ok {
		m := map[string]string{}
		for k, v := range values {
			if rest, ok := strings.CutPrefix(k, prefix); ok {
				m[rest] = v
			}
		}
		to.Set(reflect.ValueOf(m))
		return nil
	}
	text, given := values[name]
	if !given {
		if f.Tag.Get("required") == "true" {
			return errs.New(errs.Invalid, "option.missing", "One or more required options are missing.\n\nMissing required options are:\n\n%s", name)
		}
		d, ok := f.Tag.Lookup("default")
		if !ok {
			return nil
		}
		text = d
	}
	if err := checkEnum(name, text, f.Tag.Get("enum")); err != nil {
		return err
	}
	if to.Kind() == reflect.Pointer {
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	if err := parse(to, text); err != nil {
		return errs.New(errs.Invalid, "option.value", "Could not parse value '%s' for key '%s': %v", text, name, err)
	}
	return nil
}

func checkEnum(name, text, enum string) error {
	if enum == "" {
		return nil
	}
	vals := strings.Split(enum, ",")
	for _, v := range vals {
		if strings.EqualFold(v, text) {
			return nil
		}
	}
	e := errs.New(errs.Invalid, "option.value", "Unsupported value '%s' for '%s'. Supported values are [%s].", text, name, strings.Join(vals, ", "))
	if near := errs.Nearest(text, vals); near != "" {
		return e.WithHint("did you mean '%s'?", near)
	}
	return e
}

func parse(to reflect.Value, text string) error {
	switch p := to.Addr().Interface().(type) {
	case *string:
		*p = text
	case *bool:
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true":
			*p = true
		case "false":
			*p = false
		default:
			return fmt.Errorf("unrecognized option for boolean: %s. Expected either true or false(case insensitive)", text)
		}
	case *int:
		n, err := strconv.Atoi(strings.TrimSpace(text))
		*p = n
		return numeric(err)
	case *int64:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		*p = n
		return numeric(err)
	case *float64:
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		*p = n
		return numeric(err)
	case *time.Duration:
		d, err := Duration(text)
		*p = d
		return err
	case *Size:
		n, err := ParseSize(text)
		*p = n
		return err
	default:
		return fmt.Errorf("option fields of type %s are not known", to.Type())
	}
	return nil
}

func numeric(err error) error {
	if err != nil {
		return errors.New("it must be a number")
	}
	return nil
}

// unknown refuses options nobody reads, as FactoryUtil.validateUnconsumedKeys.
func unknown(values map[string]string, known []string) error {
	var bad []string
	for k := range values {
		if !takes(known, k) {
			bad = append(bad, k)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	sort.Strings(bad)
	sort.Strings(known)
	e := errs.New(errs.Invalid, "option.unknown", "Unsupported options found for '%s'.\n\nUnsupported options:\n\n%s\n\nSupported options:\n\n%s",
		values["connector"], strings.Join(bad, "\n"), strings.Join(known, "\n"))
	if near := errs.Nearest(bad[0], known); near != "" {
		return e.WithHint("did you mean '%s'?", near)
	}
	return e
}

func takes(known []string, key string) bool {
	for _, n := range known {
		if n == key {
			return true
		}
		if prefix, ok := strings.CutSuffix(n, "*"); ok && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// Under are the options under a prefix, without it.
func Under(values map[string]string, prefix string) map[string]string {
	m := map[string]string{}
	for k, v := range values {
		if rest, ok := strings.CutPrefix(k, prefix); ok {
			m[rest] = v
		}
	}
	return m
}
