package shape_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	fx "github.com/fxamacker/cbor/v2"

	"weir/internal/aws/api/apitest"
	"weir/internal/aws/model"
	"weir/internal/aws/wire/awsjson"
	"weir/internal/aws/wire/cbor"
	"weir/internal/aws/wire/query"
	"weir/internal/aws/wire/shape"
)

// TestEveryShape fills the input and output of every operation with values,
// writes them in every protocol and reads them back; other libraries must agree
// that the documents are what they claim to be.
func TestEveryShape(t *testing.T) {
	var plans shape.Plans
	for _, name := range model.Names() {
		s, err := model.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for op := range s.Operations {
			in, out := apitest.New(name + "." + op)
			for i, v := range []any{in, out} {
				t.Run(fmt.Sprintf("%s.%s/%d", name, op, i), func(t *testing.T) {
					n := 0
					fill(reflect.ValueOf(v).Elem(), &n, 0)
					roundTrip(t, &plans, v)
				})
			}
		}
	}
}

// fill puts distinct values everywhere; recursive shapes end at some depth.
func fill(v reflect.Value, n *int, depth int) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		if depth < 18 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), n, depth+1)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.UnixMilli(1622541601000 + int64(*n)).UTC()))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).Kind() != reflect.Interface {
				fill(v.Field(i), n, depth+1)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte{0, 0xff, byte(*n)})
			return
		}
		if depth >= 18 {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n, depth+1)
		fill(v.Index(1), n, depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for i := range 2 {
			x := reflect.New(v.Type().Elem()).Elem()
			fill(x, n, depth+1)
			v.SetMapIndex(reflect.ValueOf("k\u00e9 \"<&>"+strconv.Itoa(i)), x)
		}
	case reflect.String:
		v.SetString("s\u00e9\U0001F600 \"<&>\\\n" + strconv.Itoa(*n))
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n) - 40)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Bool:
		v.SetBool(*n%2 == 0)
	}
}

func roundTrip(t *testing.T, plans *shape.Plans, v any) {
	same := func(protocol string, r shape.Reader) {
		t.Helper()
		got := reflect.New(reflect.TypeOf(v).Elem()).Interface()
		missing, err := plans.Decode(r, got)
		if err != nil || len(missing) > 0 {
			t.Errorf("%s: %v, missing %q", protocol, err, missing)
		} else if !reflect.DeepEqual(v, got) {
			t.Errorf("%s changed\n%+v\ninto\n%+v", protocol, v, got)
		}
	}
	j := awsjson.NewWriter()
	plans.Encode(j, v)
	same("JSON", awsjson.NewReader(j.Bytes()))
	if !json.Valid(j.Bytes()) {
		t.Errorf("no JSON: %s", j.Bytes())
	}
	for _, d := range []cbor.Dialect{cbor.RPCv2, cbor.Kinesis} {
		c := cbor.NewWriter(d)
		plans.Encode(c, v)
		r := cbor.NewReader(c.Bytes(), d)
		same("CBOR", r)
		if err := r.End(); err != nil {
			t.Errorf("CBOR: something is left: %v", err)
		}
		if err := fx.Wellformed(c.Bytes()); err != nil {
			t.Errorf("no CBOR: %v: %x", err, c.Bytes())
		}
	}
	x := query.NewWriter()
	x.Start("root", "")
	plans.Encode(x, v)
	x.End("root")
	form := url.Values{}
	if err := formOf(xml.NewDecoder(bytes.NewReader(x.Bytes())), form); err != nil {
		t.Fatalf("no XML: %v: %s", err, x.Bytes())
	}
	r, err := query.NewReader(form)
	if err != nil {
		t.Fatal(err)
	}
	same("query", r)
}

// formOf turns the XML of an output into the form of an input of the same
// shape: the k-th element of a list is member.k, of a map entry.k.
func formOf(d *xml.Decoder, form url.Values) error {
	type level struct {
		name  string
		count int
		text  strings.Builder
		inner bool
	}
	var stack []*level
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			name := tok.Name.Local
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.inner = true
				if name == "member" || name == "entry" {
					top.count++
					name += "." + strconv.Itoa(top.count)
				}
			}
			stack = append(stack, &level{name: name})
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text.Write(tok)
			}
		case xml.EndElement:
			top := stack[len(stack)-1]
			var path []string
			for _, l := range stack[1:] {
				path = append(path, l.name)
			}
			if !top.inner && len(path) > 0 {
				form.Set(strings.Join(path, "."), top.text.String())
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// TestOtherEncoders reads what libraries write: every width of integer and
// float, indefinite lengths, chunks, tags, unknown members.
func TestOtherEncoders(t *testing.T) {
	type doc struct {
		I  int64             `aws:"I,required"`
		F  *float64          `aws:"F"`
		S  string            `aws:"S"`
		B  []byte            `aws:"B"`
		T  *time.Time        `aws:"T"`
		M  map[string]string `aws:"M"`
		L  []string          `aws:"L"`
		OK *bool             `aws:"OK"`
	}
	var plans shape.Plans
	for i, text := range []string{
		"a1614920",                 // {"I": -1}
		"bf61491818ff",             // {_ "I": 24}
		"a161491903e8",             // 1000
		"a161493903e7",             // -1000
		"a161491a000f4240",         // 1000000
		"a161491b000000e8d4a51000", // 1000000000000
		"a16149f95640",             // 100.0 in a half
		"a16149fa47c35000",         // 100000.0 in a single
		"a16149fb40091eb851eb851f", // 3.14: cut off
		"a361490161585fff6153617a", // an unknown member of an indefinite empty byte string
	} {
		want := []int64{-1, 24, 1000, -1000, 1000000, 1000000000000, 100, 100000, 3, 1}[i]
		raw := make([]byte, len(text)/2)
		if _, err := fmt.Sscanf(text, "%x", &raw); err != nil {
			t.Fatal(err)
		}
		var d doc
		if _, err := plans.Decode(cbor.NewReader(raw, cbor.RPCv2), &d); err != nil || d.I != want {
			t.Errorf("%s: read %d, %v; want %d", text, d.I, err, want)
		}
	}
	in := map[string]any{"I": 7, "F": math.Inf(1), "S": "x", "B": []byte{1}, "M": map[string]any{"a": "b"}, "L": []string{"y"}, "OK": true,
		"Other": map[any]any{1: []any{nil, fx.Tag{Number: 99, Content: "z"}}}, "T": fx.Tag{Number: 1, Content: 1622541601.25}}
	raw, err := fx.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var d doc
	if _, err := plans.Decode(cbor.NewReader(raw, cbor.RPCv2), &d); err != nil {
		t.Fatal(err)
	}
	at := time.UnixMilli(1622541601250).UTC()
	if want := (doc{I: 7, F: new(math.Inf(1)), S: "x", B: []byte{1}, T: &at, M: map[string]string{"a": "b"}, L: []string{"y"}, OK: new(true)}); !reflect.DeepEqual(d, want) {
		t.Errorf("read %+v, want %+v", d, want)
	}
}

// FuzzCBOR and FuzzJSON: whatever comes in, reading ends without a panic, and
// what was read is read again from what is written.
func FuzzCBOR(f *testing.F) {
	f.Add([]byte{0xbf, 0x67, 'R', 'e', 'c', 'o', 'r', 'd', 's', 0x9f, 0xff, 0xff})
	f.Add([]byte{0xa1, 0x64, 'T', 'a', 'g', 's', 0xa1, 0x61, 'a', 0x61, 'b'})
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzRead(t, func(b []byte) shape.Reader { return cbor.NewReader(b, cbor.Kinesis) }, data, func(p *shape.Plans, v any) []byte {
			w := cbor.NewWriter(cbor.Kinesis)
			p.Encode(w, v)
			return w.Bytes()
		})
	})
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"Records":[{"Data":"AAEC","PartitionKey":"p"}],"Timestamp":1.5e9,"Tags":{"a":"b"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzRead(t, func(b []byte) shape.Reader { return awsjson.NewReader(b) }, data, func(p *shape.Plans, v any) []byte {
			w := awsjson.NewWriter()
			p.Encode(w, v)
			return w.Bytes()
		})
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("RoleName=r&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags=")
	f.Fuzz(func(t *testing.T, text string) {
		form, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		var plans shape.Plans
		for _, op := range []string{"iam.CreateRole", "sts.AssumeRole", "cloudwatch.PutMetricData", "cloudwatch.GetMetricData"} {
			in, _ := apitest.New(op)
			r, err := query.NewReader(form)
			if err != nil {
				return
			}
			_, _ = plans.Decode(r, in) // only a panic is wrong here
		}
	})
}

func fuzzRead(t *testing.T, reader func([]byte) shape.Reader, data []byte, write func(*shape.Plans, any) []byte) {
	var plans shape.Plans
	for _, op := range []string{"kinesis.PutRecords", "kinesis.GetShardIterator", "kinesis.CreateStream", "cloudwatch.PutMetricData", "kinesisanalyticsv2.CreateApplication"} {
		in, _ := apitest.New(op)
		if _, err := plans.Decode(reader(data), in); err != nil {
			continue
		}
		again, _ := apitest.New(op)
		out := write(&plans, in)
		if _, err := plans.Decode(reader(out), again); err != nil {
			t.Fatalf("%s: %q was read, %q was not: %v", op, data, out, err)
		}
		if string(write(&plans, again)) != string(out) {
			t.Fatalf("%s: %q then %q", op, out, write(&plans, again))
		}
	}
}
