package objects

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
)

// The kinds of index entry, the first byte of every index key.
const (
	nsMeta    = 'm'
	nsBucket  = 'b' // name -> Bucket
	nsObject  = 'o' // bucket, key, newest first -> Object
	nsUpload  = 'u' // bucket, key, oldest first -> Upload
	nsPart    = 'p' // upload, part number -> Part
	nsRef     = 'f' // file -> number of names
	nsGarbage = 'g' // file to remove
)

// Index keys of single values.
const (
	keySeqLimit  = "mseq"
	keyFileLimit = "mfile"
	keyLowBlock  = "mlow"
)

func putUint(dst []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(dst, v) }

func getUint(b []byte) (uint64, error) {
	if len(b) != 8 {
		return 0, fmt.Errorf("object index: a number has %d bytes, not 8", len(b))
	}
	return binary.BigEndian.Uint64(b), nil
}

func bucketKey(name string) []byte    { return append([]byte{nsBucket}, name...) }
func refKey(id uint64) []byte         { return putUint([]byte{nsRef}, id) }
func garbageKey(id uint64) []byte     { return putUint([]byte{nsGarbage}, id) }
func partsOf(upload uint64) []byte    { return putUint([]byte{nsPart}, upload) }
func uploadsIn(bucket uint64) []byte  { return putUint([]byte{nsUpload}, bucket) }
func versionsIn(bucket uint64) []byte { return putUint([]byte{nsObject}, bucket) }

func partKey(upload uint64, number int) []byte {
	return binary.BigEndian.AppendUint16(partsOf(upload), uint16(number))
}

// escape appends s so that byte order is kept and no 00 01 (the end of a key)
// can occur in it.
func escape(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		dst = append(dst, s[i])
		if s[i] == 0 {
			dst = append(dst, 0xff)
		}
	}
	return dst
}

// ended is the index key up to and with the end of an object key.
func ended(space []byte, key string) []byte { return append(escape(space, key), 0, 1) }

// versionKey orders the versions of a key newest first.
func versionKey(bucket uint64, key string, seq uint64) []byte {
	return putUint(ended(versionsIn(bucket), key), ^seq)
}

func uploadKey(bucket uint64, key string, seq uint64) []byte {
	return putUint(ended(uploadsIn(bucket), key), seq)
}

// splitKey takes apart what versionKey and uploadKey make (the number as stored).
func splitKey(k []byte) (key string, number uint64, err error) {
	if len(k) < 9+2+8 {
		return "", 0, fmt.Errorf("object index: a key has only %d bytes", len(k))
	}
	body, tail := k[9:len(k)-10], k[len(k)-8:]
	if bytes.IndexByte(body, 0) >= 0 {
		body = bytes.ReplaceAll(body, []byte{0, 0xff}, []byte{0})
	}
	return string(body), binary.BigEndian.Uint64(tail), nil
}

// after is the first index key after every one that begins with low.
func after(low []byte) []byte {
	up := bytes.Clone(low)
	for i := len(up) - 1; i >= 0; i-- {
		if up[i]++; up[i] != 0 {
			return up[:i+1]
		}
	}
	return nil
}

// tokens are written with these: no character that a URL or a shell minds.
const tokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"

// newToken makes the id of a version or upload: 32 characters that look random,
// cannot be guessed, and carry seq.
func newToken(rand io.Reader, seq uint64) (string, error) {
	var raw [24]byte
	if _, err := io.ReadFull(rand, raw[:16]); err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	binary.BigEndian.PutUint64(raw[16:], seq^binary.BigEndian.Uint64(raw[:8]))
	return base64.NewEncoding(tokenAlphabet).EncodeToString(raw[:]), nil
}

// tokenSeq reads the sequence number out of an id.
func tokenSeq(token string) (uint64, bool) {
	raw, err := base64.NewEncoding(tokenAlphabet).DecodeString(token)
	if err != nil || len(raw) != 24 {
		return 0, false
	}
	return binary.BigEndian.Uint64(raw[16:]) ^ binary.BigEndian.Uint64(raw[:8]), true
}
