// Package seqno makes and reads Kinesis sequence numbers.
//
// Vocabulary. A sequence number is a decimal number of about 56 digits whose
// hexadecimal form has fields: the second its shard was created, the place of
// the record in the shard (its index), the second it arrived, the shard. Of a
// shard's numbers, which share the leading field, the index decides the order.
// Version 2 is what Kinesis has given out since 2014; versions 0 and 1 are
// read, so that a call which carries one gets AWS's error, and never made.
//
// The package knows numbers only: no stream, no store, no clock.
package seqno

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"strconv"
)

// Index bounds: a shard starts with StartIndex, its records count from
// FirstIndex, and EndIndex stands in the number that closes it.
const (
	StartIndex uint64 = 0
	FirstIndex uint64 = 1
	EndIndex   uint64 = 0x7fffffffffffffff
)

// Number is a sequence number taken apart.
type Number struct {
	Version int
	Created int64  // second the shard was created
	Index   uint64 // place in the shard
	Time    int64  // second of arrival
	Shard   int64
}

const (
	secsBits = 36
	secsMask = 1<<secsBits - 1
	// maxSecs is where AWS stops to believe a creation time (year 2477).
	maxSecs = 16025175000
)

// Append appends the decimal form of the version 2 number n to dst.
func (n Number) Append(dst []byte) []byte {
	// From the lowest bit: version 4, shard 32, time 36, zero 8, index 64,
	// shard's low nibble 4, created 36, and a leading 2.
	shard, t := uint64(uint32(n.Shard)), uint64(n.Time)&secsMask
	lo := 2 | shard<<4 | t<<36
	mid := t>>28 | n.Index<<16
	hi := n.Index>>48 | (shard&15)<<16 | (uint64(n.Created)&secsMask)<<20 | 2<<56
	return appendDecimal(dst, hi, mid, lo)
}

// String is the decimal form of the version 2 number n.
func (n Number) String() string { return string(n.Append(make([]byte, 0, 57))) }

const e19 = 10_000_000_000_000_000_000

// appendDecimal appends hi·2^128 + mid·2^64 + lo, of 39 to 57 digits.
func appendDecimal(dst []byte, hi, mid, lo uint64) []byte {
	q2, r := hi/e19, hi%e19
	q1, r := bits.Div64(r, mid, e19)
	q0, d0 := bits.Div64(r, lo, e19)
	// (q2,q1,q0) has at most 125 bits.
	_, r = q2/e19, q2%e19
	p1, r := bits.Div64(r, q1, e19)
	p0, d1 := bits.Div64(r, q0, e19)
	// (p1,p0) is the leading part, below 10^19.
	_ = p1
	dst = strconv.AppendUint(dst, p0, 10)
	dst = append19(dst, d1)
	return append19(dst, d0)
}

// append19 appends v with leading zeros to 19 digits.
func append19(dst []byte, v uint64) []byte {
	dst = append(dst, "0000000000000000000"...)
	b := dst[len(dst)-19:]
	for i := 17; i >= 1; i -= 2 {
		d := v % 100
		v /= 100
		b[i+1] = byte('0' + d%10)
		b[i] = byte('0' + d/10)
	}
	b[0] = byte('0' + v)
	return dst
}

// ErrInvalid is what Parse reports of text that no version of Kinesis made.
var ErrInvalid = errors.New("not a sequence number")

// Parse takes a sequence number apart.
func Parse(s string) (Number, error) {
	v, ok := new(big.Int).SetString(s, 10)
	if !ok || len(s) > 60 || v.Sign() < 0 {
		return Number{}, ErrInvalid
	}
	// A number below 2^124 is one of version 0 without its leading 1.
	if top := new(big.Int).Lsh(big.NewInt(1), 124); v.Cmp(top) < 0 {
		v.Add(v, top)
	}
	hex := v.Text(16)
	switch {
	case len(hex) == 32 && hex[0] == '1':
		return parse0(hex)
	case len(hex) == 47 && hex[0] == '2' && hex[46] == '2':
		return parse2(hex)
	case len(hex) == 47 && hex[0] == '2' && hex[46] == '1':
		return parse1(hex)
	}
	return Number{}, ErrInvalid
}

func parse2(hex string) (Number, error) {
	n := Number{
		Version: 2, Created: field(hex[1:10]), Index: uint64(field(hex[11:19]))<<32 | uint64(field(hex[19:27])),
		Time: field(hex[29:38]), Shard: int64(int32(uint32(field(hex[38:46])))),
	}
	if n.Index > EndIndex || n.Created >= maxSecs {
		return Number{}, ErrInvalid
	}
	return n, nil
}

func parse1(hex string) (Number, error) {
	return Number{
		Version: 1, Created: field(hex[1:10]), Time: field(hex[13:22]),
		Index: uint64(field(hex[36:38])), Shard: field(hex[38:46]),
	}, nil
}

func parse0(hex string) (Number, error) {
	n := Number{Version: 0, Created: field(hex[1:10]), Shard: field(hex[28:32])}
	if n.Created >= maxSecs {
		return Number{}, ErrInvalid
	}
	return n, nil
}

// field is a hexadecimal field of at most 9 digits.
func field(hex string) int64 {
	v, err := strconv.ParseInt(hex, 16, 64)
	if err != nil { // big.Int printed it
		panic(fmt.Sprintf("seqno: field %q: %v", hex, err))
	}
	return v
}
