package kinesis

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// A seal turns a place into text that clients cannot read or make: AES-GCM
// with a key kept in the metadata store, so that iterators outlive a restart.

const (
	iteratorLife = 5 * time.Minute
	sealKeyLen   = 32

	// What a seal holds: the first byte inside it.
	sealIterator  byte = 1
	sealPageToken byte = 2
)

// sealVersion begins every sealed text, as AWS's iterators do.
func sealVersion() []byte { return []byte{0, 0, 0, 0, 0, 0, 0, 1} }

// iterator is a place in a shard.
type iterator struct {
	Made   int64  // milliseconds
	UID    uint64 // of the stream
	Shard  uint32
	Index  uint64
	Stream string // its name, for messages
}

// loadSeal reads the key, or makes it at the first start.
func loadSeal(db *store.DB, rand io.Reader) (cipher.AEAD, error) {
	keys := store.NewTable[[]byte](db, "kinesis.seal")
	key, ok, err := keys.Get("key")
	if err != nil {
		return nil, fmt.Errorf("loading the key of shard iterators: %w", err)
	}
	if !ok {
		key = make([]byte, sealKeyLen)
		if _, err := io.ReadFull(rand, key); err != nil {
			return nil, fmt.Errorf("making the key of shard iterators: %w", err)
		}
		if err := keys.Put(key, "key"); err != nil {
			return nil, err
		}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("the key of shard iterators: %w", err)
	}
	// The nonce comes first in what Seal makes and is chosen by the cipher.
	return cipher.NewGCMWithRandomNonce(block)
}

// sealed is text that open turns back into data.
func sealed(seal cipher.AEAD, kind byte, data []byte) string {
	version := sealVersion()
	out := seal.Seal(version, nil, append([]byte{kind}, data...), version)
	return base64.StdEncoding.EncodeToString(out)
}

var errSeal = errors.New("not sealed by this server")

func opened(seal cipher.AEAD, kind byte, text string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	version := sealVersion()
	if err != nil || len(raw) < len(version) || string(raw[:len(version)]) != string(version) {
		return nil, errSeal
	}
	data, err := seal.Open(nil, nil, raw[len(version):], version)
	if err != nil || len(data) == 0 || data[0] != kind {
		return nil, errSeal
	}
	return data[1:], nil
}

// iteratorText is the iterator as clients get it.
func (s *Service) iteratorText(it iterator) string {
	b := make([]byte, 0, 28+len(it.Stream))
	b = binary.BigEndian.AppendUint64(b, uint64(it.Made))
	b = binary.BigEndian.AppendUint64(b, it.UID)
	b = binary.BigEndian.AppendUint32(b, it.Shard)
	b = binary.BigEndian.AppendUint64(b, it.Index)
	return sealed(s.seal, sealIterator, append(b, it.Stream...))
}

func parseIterator(seal cipher.AEAD, text string) (iterator, error) {
	b, err := opened(seal, sealIterator, text)
	if err != nil {
		return iterator{}, err
	}
	if len(b) < 28 {
		return iterator{}, errSeal
	}
	return iterator{
		Made: int64(binary.BigEndian.Uint64(b)), UID: binary.BigEndian.Uint64(b[8:]),
		Shard: binary.BigEndian.Uint32(b[16:]), Index: binary.BigEndian.Uint64(b[20:]), Stream: string(b[28:]),
	}, nil
}

// readIterator is a client's iterator, while it lives.
func (s *Service) readIterator(text string, now time.Time) (iterator, error) {
	it, err := parseIterator(s.seal, text)
	made := time.UnixMilli(it.Made).UTC()
	if err != nil || made.After(now.Add(time.Second)) {
		return iterator{}, wire.Errorf(codeInvalid, "Invalid ShardIterator.")
	}
	if now.Sub(made) > iteratorLife {
		return iterator{}, wire.Errorf(codeExpired, "Iterator expired. The iterator was created at time %s while right now it is %s"+
			" which is further in the future than the tolerated delay of %d milliseconds.",
			javaDate(made), javaDate(now), iteratorLife.Milliseconds())
	}
	return it, nil
}

// javaDate is a time as java.util.Date prints it.
func javaDate(t time.Time) string { return t.UTC().Format("Mon Jan 02 15:04:05 UTC 2006") }
