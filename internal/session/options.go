package session

import (
	"strconv"
	"strings"
	"time"

	"weir/internal/errs"
	"weir/internal/option"
)

// options reads typed values of the configuration, collecting what is wrong.
type options struct {
	values map[string]string
	errs   []error
}

func (o *options) fail(key, value, want string) {
	o.errs = append(o.errs, errs.New(errs.Invalid, "option.value", "Could not parse value '%s' for key '%s': it takes %s", value, key, want))
}

func (o *options) text(key, otherwise string) string {
	if v, ok := o.values[key]; ok {
		return v
	}
	return otherwise
}

func (o *options) integer(key string, otherwise int) int {
	v, ok := o.values[key]
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil {
		o.fail(key, v, "a whole number")
		return otherwise
	}
	return n
}

func (o *options) duration(key string, otherwise time.Duration) time.Duration {
	v, ok := o.values[key]
	if !ok {
		return otherwise
	}
	d, err := option.Duration(v)
	if err != nil {
		o.fail(key, v, "a length of time such as '10 s' or '1 min'")
		return otherwise
	}
	return d
}
