package gateway

import "reflect"

// tagFields are where an operation's input has the tags that a call brings or
// takes away; -1 where it has none.
type tagFields struct{ tags, keys int }

// findTags looks for them once for an input type. The models name them alike
// but in the case of the first letter, which generated fields do not keep.
func findTags(in reflect.Type) tagFields {
	at := func(names ...string) int {
		for _, name := range names {
			if f, ok := in.FieldByName(name); ok && (f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Map) {
				return f.Index[0]
			}
		}
		return -1
	}
	return tagFields{tags: at("Tags", "TagsToAdd"), keys: at("TagKeys", "TagsToRemove")}
}

// conditions are the condition keys of the tags in a call's input: the value of
// each tag it would set, and the keys of all it touches; nil when it has none.
func (f tagFields) conditions(in any) map[string][]string {
	if f.tags < 0 && f.keys < 0 {
		return nil
	}
	v := reflect.ValueOf(in).Elem()
	out := map[string][]string{}
	touch := func(key string) { out["aws:TagKeys"] = append(out["aws:TagKeys"], key) }
	set := func(key, value reflect.Value) {
		value = reflect.Indirect(value)
		if !value.IsValid() { // a tag without a value has an empty one
			value = reflect.ValueOf("")
		}
		if key = reflect.Indirect(key); key.IsValid() {
			out["aws:RequestTag/"+key.String()] = []string{value.String()}
			touch(key.String())
		}
	}
	for _, i := range []int{f.tags, f.keys} {
		if i < 0 {
			continue
		}
		switch list := v.Field(i); {
		case list.Kind() == reflect.Map:
			for it := list.MapRange(); it.Next(); {
				set(it.Key(), it.Value())
			}
		case list.Type().Elem().Kind() == reflect.String:
			for _, key := range list.Seq2() {
				touch(key.String())
			}
		default:
			for _, tag := range list.Seq2() {
				set(tag.FieldByName("Key"), tag.FieldByName("Value"))
			}
		}
	}
	return out
}
