package fn

import (
	"weir/internal/batch"
	"weir/internal/javaregex"
	"weir/internal/kernel"
	"weir/internal/types"
)

// regexRow makes a kernel of a function whose second argument is a regular
// expression. With a pattern that Java refuses re is nil: Flink logs it and
// goes on.
func regexRow(f func(re *javaregex.Regexp, in []*batch.Vec, i int, out *batch.Vec) error) func(*Env, []Arg, types.Type) (kernel.Func, error) {
	return func(*Env, []Arg, types.Type) (kernel.Func, error) {
		cache := memo[*javaregex.Regexp]{make: javaregex.Compile}
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			re, err := cache.get(in[1].Bytes(i))
			if err != nil {
				re = nil
			}
			return f(re, in, i, out)
		}), nil
	}
}

// regexps are the functions of regular expressions that are as old as Flink's
// SQL.
func regexps() []*Def {
	return []*Def{
		{
			Name: "REGEXP", Family: "string", Usage: "REGEXP(string, regex)", Doc: "Whether the regular expression matches somewhere in the string.",
			Examples: []Example{{`REGEXP('100-200', '(\d+)')`, "TRUE"}, {"REGEXP('abc', '^b')", "FALSE"}},
			Infer:    operands(gives(types.BooleanType), asText, asText),
			Compile: regexRow(func(re *javaregex.Regexp, in []*batch.Vec, i int, out *batch.Vec) (err error) {
				out.B[i] = false
				if re != nil && len(in[1].Bytes(i)) > 0 {
					out.B[i], err = re.Match(in[0].Bytes(i))
				}
				return err
			}),
		},
		{
			Name: "REGEXP_REPLACE", Family: "string", Usage: "REGEXP_REPLACE(string, regex, replacement)",
			Doc:      "The string with each match replaced by the replacement, taken as it stands; NULL for a bad regular expression.",
			Examples: []Example{{"REGEXP_REPLACE('foobar', 'oo|ar', '')", "fb"}, {"REGEXP_REPLACE('a1', '(', 'x')", "NULL"}},
			Infer:    operands(gives(types.StringType), asText, asText, asText),
			Compile:  regexRow(regexpReplace),
		},
		{
			Name: "REGEXP_EXTRACT", Family: "string", Usage: "REGEXP_EXTRACT(string, regex[, group])",
			Doc:      "What the group (0, the default, is the whole) matched in the first match; NULL without a match.",
			Examples: []Example{{"REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2)", "bar"}, {"REGEXP_EXTRACT('abc', 'x')", "NULL"}},
			Infer:    nullable(operands(gives(types.StringType), asText, asText, optional(asInteger))),
			Compile: regexRow(func(re *javaregex.Regexp, in []*batch.Vec, i int, out *batch.Vec) error {
				group := int64(0)
				if len(in) > 2 {
					group = intAt(in[2], i)
				}
				return appendGroup(re, in[0].Bytes(i), group, out)
			}),
		},
		{
			Name: "STR_TO_MAP", Family: "string", Usage: "STR_TO_MAP(string[, pairSeparator, keyValueSeparator])",
			Doc:      "A map of the pairs in the string; the separators, by default ',' and '=', are regular expressions.",
			Examples: []Example{{"STR_TO_MAP('k1=v1,k2=v2')", "{k1=v1, k2=v2}"}, {"STR_TO_MAP('a:1;b', ';', ':')", "{a=1, b=NULL}"}},
			Infer: nullable(overloads(operands(gives(types.MapType(types.StringType, types.StringType)), asText),
				operands(gives(types.MapType(types.StringType, types.StringType)), asText, asText, asText))),
			Compile: compileStrToMap,
		},
	}
}

// regexpsNamed are the newer functions of regular expressions.
func regexpsNamed() []*Def {
	str, regex := named("str", wantText), named("regex", wantText)
	return []*Def{
		{
			Name: "REGEXP_COUNT", Family: "string", Usage: "REGEXP_COUNT(str, regex)", Doc: "How many matches there are.", Since: "2.0",
			Examples: []Example{{"REGEXP_COUNT('abcabc', 'bc?')", "2"}},
			Infer:    nullable(signature(gives(types.IntType), str, regex)),
			Compile: regexRow(func(re *javaregex.Regexp, in []*batch.Vec, i int, out *batch.Vec) error {
				if re == nil {
					out.SetNull(i)
					return nil
				}
				out.I32[i] = 0
				return re.Each(in[0].Bytes(i), func([]int) bool { out.I32[i]++; return true })
			}),
		},
		{
			Name: "REGEXP_EXTRACT_ALL", Family: "string", Usage: "REGEXP_EXTRACT_ALL(str, regex[, extractIndex])", Since: "2.0",
			Doc:      "What the group (1 by default) matched in every match; NULL when there is no such group.",
			Examples: []Example{{`REGEXP_EXTRACT_ALL('1-2, 3-4', '(\d)-(\d)', 2)`, "[2, 4]"}},
			Infer:    nullable(signature(gives(types.ArrayType(types.StringType)), str, regex, optional(named("extractIndex", wantInteger)))),
			Compile:  regexRow(regexpExtractAll),
		},
		{
			Name: "REGEXP_INSTR", Family: "string", Usage: "REGEXP_INSTR(str, regex)", Since: "2.0",
			Doc:      "Where the first match begins, from 1 on; 0 without a match.",
			Examples: []Example{{`REGEXP_INSTR('abc12', '\d')`, "4"}},
			Infer:    nullable(signature(gives(types.IntType), str, regex)),
			Compile: regexRow(func(re *javaregex.Regexp, in []*batch.Vec, i int, out *batch.Vec) error {
				if re == nil {
					out.SetNull(i)
					return nil
				}
				s := in[0].Bytes(i)
				loc, err := re.Find(s)
				out.I32[i] = 0
				if loc != nil {
					out.I32[i] = int32(units(s[:loc[0]]) + 1)
				}
				return err
			}),
		},
		{
			Name: "REGEXP_SUBSTR", Family: "string", Usage: "REGEXP_SUBSTR(str, regex)", Doc: "The first match; NULL when there is none.", Since: "2.0",
			Examples: []Example{{`REGEXP_SUBSTR('abc12', '\d+')`, "12"}},
			Infer:    nullable(signature(gives(types.StringType), str, regex)),
			Compile: regexRow(func(re *javaregex.Regexp, in []*batch.Vec, i int, out *batch.Vec) error {
				return appendGroup(re, in[0].Bytes(i), 0, out)
			}),
		},
	}
}

func regexpReplace(re *javaregex.Regexp, in []*batch.Vec, i int, out *batch.Vec) error {
	if re == nil {
		out.AppendNull()
		return nil
	}
	s, with, at := in[0].Bytes(i), in[2].Bytes(i), 0
	err := re.Each(s, func(loc []int) bool {
		out.Data = append(append(out.Data, s[at:loc[0]]...), with...)
		at = loc[1]
		return true
	})
	if err != nil {
		return err
	}
	out.Data = append(out.Data, s[at:]...)
	return endText(out)
}

// appendGroup appends what a group matched in the first match, or NULL.
func appendGroup(re *javaregex.Regexp, s []byte, group int64, out *batch.Vec) error {
	if re == nil || group < 0 || group > int64(re.Groups()) {
		out.AppendNull()
		return nil
	}
	loc, err := re.Find(s)
	if loc == nil || loc[2*group] < 0 {
		out.AppendNull()
		return err
	}
	out.AppendBytes(s[loc[2*group]:loc[2*group+1]])
	return err
}

func regexpExtractAll(re *javaregex.Regexp, in []*batch.Vec, i int, out *batch.Vec) error {
	group := int64(1)
	if len(in) > 2 {
		group = intAt(in[2], i)
	}
	if re == nil || group < 0 || group > int64(re.Groups()) {
		out.AppendNull()
		return nil
	}
	s, list := in[0].Bytes(i), out.Kids[0]
	err := re.Each(s, func(loc []int) bool {
		if loc[2*group] < 0 {
			list.AppendNull()
		} else {
			list.AppendBytes(s[loc[2*group]:loc[2*group+1]])
		}
		return true
	})
	out.AppendRow()
	return err
}
