package fn

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// digest appends the digest of s in lower-case hexadecimal.
type digest func(dst, s []byte) []byte

func md5Hex(dst, s []byte) []byte    { sum := md5.Sum(s); return hex.AppendEncode(dst, sum[:]) }
func sha1Hex(dst, s []byte) []byte   { sum := sha1.Sum(s); return hex.AppendEncode(dst, sum[:]) }
func sha224Hex(dst, s []byte) []byte { sum := sha256.Sum224(s); return hex.AppendEncode(dst, sum[:]) }
func sha256Hex(dst, s []byte) []byte { sum := sha256.Sum256(s); return hex.AppendEncode(dst, sum[:]) }
func sha384Hex(dst, s []byte) []byte { sum := sha512.Sum384(s); return hex.AppendEncode(dst, sum[:]) }
func sha512Hex(dst, s []byte) []byte { sum := sha512.Sum512(s); return hex.AppendEncode(dst, sum[:]) }

// hashes are the message digests, as hexadecimal text.
func hashes() []*Def {
	return []*Def{
		hashed("MD5", "MD5", md5Hex, "d41d8cd98f00b204e9800998ecf8427e"),
		hashed("SHA1", "SHA-1", sha1Hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
		hashed("SHA224", "SHA-224", sha224Hex, "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"),
		hashed("SHA256", "SHA-256", sha256Hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
		hashed("SHA384", "SHA-384", sha384Hex, "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"),
		hashed("SHA512", "SHA-512", sha512Hex, "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"),
		{
			Name: "SHA2", Family: "hash", Usage: "SHA2(string, bits)",
			Doc:      "The SHA-2 digest of that many bits (224, 256, 384 or 512) of the string in hexadecimal.",
			Examples: []Example{{"SHA2('', 224)", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"}},
			Infer:    operands(gives(types.VarCharType(128)), asBytes, asInteger),
			Compile:  compileSHA2,
		},
	}
}

// hashed is a digest; empty is that of an empty string.
func hashed(name, label string, f digest, empty string) *Def {
	return &Def{Name: name, Family: "hash", Usage: name + "(string)", Doc: "The " + label + " digest of the string in hexadecimal.",
		Examples: []Example{{name + "('')", empty}},
		Infer:    operands(gives(types.CharType(int32(len(empty)))), asBytes),
		Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
			return f(dst, in[0].Bytes(i)), true
		})}
}

func sha2(bits int64) digest {
	switch bits {
	case 224:
		return sha224Hex
	case 256:
		return sha256Hex
	case 384:
		return sha384Hex
	case 512:
		return sha512Hex
	}
	return nil
}

func compileSHA2(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	if n, ok := args[1].Literal.(int64); ok && sha2(n) == nil {
		return nil, badSHA2(n)
	}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		n := intAt(in[1], i)
		f := sha2(n)
		if f == nil {
			return badSHA2(n)
		}
		out.Data = f(out.Data, in[0].Bytes(i))
		return endText(out)
	}), nil
}

func badSHA2(n int64) error {
	return errs.New(errs.Failed, "sha2.bits", "Unsupported algorithm: SHA-%d; SHA2 takes 224, 256, 384 or 512 bits", n)
}
