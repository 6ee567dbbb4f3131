// Package disk keeps what a node holds over a restart: a sealed snapshot and a log of changes after
// it. Every record has a checksum, a batch counts only once its commit record is whole, and files come
// into their place by an atomic rename. Private keys stay sealed as they were received.
package disk

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// A record is length, checksum and payload; the payload's first byte says what it is.
const (
	recordHeader = 8
	maxRecord    = 1 << 20
)

type kind byte

const (
	kindFormat kind = 1 // the file's format version
	kindChain  kind = 2 // a certificate that follows leaves; numbered in order of appearance in the file
	kindEntry  kind = 3
	kindAnswer kind = 4
	kindCommit kind = 5 // all before it belongs to this position
	kindEnd    kind = 6 // a snapshot ends here
)

// formatVersion is what this release writes. It reads this one and the one before.
const formatVersion = 1

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errTorn    = errors.New("disk: record is torn or damaged")
)

func appendRecord(to []byte, payload []byte) []byte {
	to = binary.LittleEndian.AppendUint32(to, uint32(len(payload)))
	to = binary.LittleEndian.AppendUint32(to, crc32.Checksum(payload, castagnoli))
	return append(to, payload...)
}

// nextRecord returns the first record's payload and what follows it.
func nextRecord(from []byte) (payload, rest []byte, err error) {
	if len(from) < recordHeader {
		return nil, nil, errTorn
	}
	size := binary.LittleEndian.Uint32(from)
	if size == 0 || size > maxRecord || uint64(len(from)-recordHeader) < uint64(size) {
		return nil, nil, errTorn
	}
	payload = from[recordHeader : recordHeader+size]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(from[4:]) {
		return nil, nil, errTorn
	}
	return payload, from[recordHeader+size:], nil
}
