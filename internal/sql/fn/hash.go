package fn

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// hashes are the message digests, as lower-case hexadecimal text.
func hashes() []*Def {
	const doc = "The %s digest of the string in hexadecimal."
	var defs []*Def
	for _, h := range []struct {
		name, label string
		make        func() hash.Hash
		want        string
	}{
		{"MD5", "MD5", md5.New, "d41d8cd98f00b204e9800998ecf8427e"},
		{"SHA1", "SHA-1", sha1.New, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"SHA224", "SHA-224", sha256.New224, "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"},
		{"SHA256", "SHA-256", sha256.New, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"SHA384", "SHA-384", sha512.New384, "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"},
		{"SHA512", "SHA-512", sha512.New, "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
	} {
		defs = append(defs, &Def{Name: h.name, Family: "hash", Usage: h.name + "(string)", Doc: fmt.Sprintf(doc, h.label),
			Examples: []Example{{h.name + "('')", h.want}},
			Infer:    operands(gives(types.CharType(int32(len(h.want)))), asBytes),
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				digest := h.make()
				return textKernel(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
					return appendDigest(dst, digest, in[0].Bytes(i)), true
				}), nil
			}})
	}
	return append(defs, &Def{Name: "SHA2", Family: "hash", Usage: "SHA2(string, bits)",
		Doc:      "The SHA-2 digest of that many bits (224, 256, 384 or 512) of the string in hexadecimal.",
		Examples: []Example{{"SHA2('', 224)", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"}},
		Infer:    operands(gives(types.VarCharType(128)), asBytes, asInteger),
		Compile:  compileSHA2})
}

func appendDigest(dst []byte, digest hash.Hash, s []byte) []byte {
	var sum [sha512.Size]byte
	digest.Reset()
	digest.Write(s) // never fails
	return hex.AppendEncode(dst, digest.Sum(sum[:0]))
}

func compileSHA2(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	digests := map[int64]hash.Hash{224: sha256.New224(), 256: sha256.New(), 384: sha512.New384(), 512: sha512.New()}
	if n, ok := args[1].Literal.(int64); ok && digests[n] == nil {
		return nil, badSHA2(n)
	}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		n := intAt(in[1], i)
		digest := digests[n]
		if digest == nil {
			return badSHA2(n)
		}
		out.Data = appendDigest(out.Data, digest, in[0].Bytes(i))
		out.EndBytes()
		return nil
	}), nil
}

func badSHA2(n int64) error {
	return errs.New(errs.Failed, "sha2.bits", "Unsupported algorithm: SHA-%d; SHA2 takes 224, 256, 384 or 512 bits", n)
}
