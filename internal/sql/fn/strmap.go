package fn

import (
	"bytes"

	"weir/internal/batch"
	"weir/internal/javaregex"
	"weir/internal/kernel"
	"weir/internal/types"
)

// pair is an entry of the map that STR_TO_MAP makes.
type pair struct {
	key, value []byte
	null       bool
}

func compileStrToMap(*Env, []Arg, types.Type) (kernel.Func, error) {
	cache := memo[*javaregex.Regexp]{make: javaregex.Compile}
	inner := memo[*javaregex.Regexp]{make: javaregex.Compile}
	var pairs []pair
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		between, inside := []byte(","), []byte("=")
		if len(in) > 2 {
			between, inside = in[1].Bytes(i), in[2].Bytes(i)
		}
		list, err := cache.get(between)
		if err != nil {
			return err
		}
		kv, err := inner.get(inside)
		if err != nil {
			return err
		}
		pairs = pairs[:0]
		if s := in[0].Bytes(i); len(s) > 0 {
			var parts [][]byte
			if parts, err = splitRegexp(list, s, 0); err != nil {
				return err
			}
			for _, p := range parts {
				two, err := splitRegexp(kv, p, 2)
				if err != nil {
					return err
				}
				if len(two) < 2 {
					pairs = put(pairs, pair{key: p, null: true})
					continue
				}
				pairs = put(pairs, pair{key: two[0], value: two[1]})
			}
		}
		for _, p := range pairs {
			out.Kids[0].AppendBytes(p.key)
			if p.null {
				out.Kids[1].AppendNull()
			} else {
				out.Kids[1].AppendBytes(p.value)
			}
		}
		out.AppendRow()
		return nil
	}), nil
}

// put adds an entry, in the place of an earlier one of its key.
func put(pairs []pair, p pair) []pair {
	for k := range pairs {
		if bytes.Equal(pairs[k].key, p.key) {
			pairs[k] = p
			return pairs
		}
	}
	return append(pairs, p)
}

// splitRegexp cuts s at the matches of re as String.split does: into at most limit
// parts, or with limit 0 into all, without empty ones at the end.
func splitRegexp(re *javaregex.Regexp, s []byte, limit int) ([][]byte, error) {
	var parts [][]byte
	at := 0
	err := re.Each(s, func(loc []int) bool {
		if limit > 0 && len(parts) == limit-1 {
			return false
		}
		if loc[1] == 0 {
			return true // nothing before an empty match at the beginning
		}
		parts = append(parts, s[at:loc[0]])
		at = loc[1]
		return true
	})
	if at == 0 && len(parts) == 0 {
		return [][]byte{s}, err
	}
	parts = append(parts, s[at:])
	for limit == 0 && len(parts) > 0 && len(parts[len(parts)-1]) == 0 {
		parts = parts[:len(parts)-1]
	}
	return parts, err
}
