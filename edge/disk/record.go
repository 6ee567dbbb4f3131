// Package disk keeps what a node holds over a restart: a sealed snapshot and a log of changes after
// it. Every record has a checksum, a batch counts only once its commit record is whole, and files come
// into their place by an atomic rename. Private keys stay sealed as they were received.
package disk

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// A record is length, checksum and payload; the payload's first byte says what it is.
const (
	recordHeader = 8
	maxRecord    = 1 << 20
)

type kind byte

const (
	kindFormat kind = 1 // the file's format version
	kindChain  kind = 2 // certificates that follow leaves; numbered in order of appearance in the file
	kindEntry  kind = 3
	kindAnswer kind = 4
	kindCommit kind = 5 // all before it belongs to this position
	kindEnd    kind = 6 // a snapshot ends here
	kindPassed kind = 7 // removals that passed the guard
	kindIndex  kind = 8 // where a snapshot's segments and chains are
)

// formatVersion is what this release writes and reads. What an older one left is asked for anew.
const formatVersion = 2

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errTorn    = errors.New("disk: record is torn or damaged")
)

func appendRecord(to []byte, payload []byte) []byte {
	to = binary.LittleEndian.AppendUint32(to, uint32(len(payload)))
	to = binary.LittleEndian.AppendUint32(to, crc32.Checksum(payload, castagnoli))
	return append(to, payload...)
}

// scanner reads records one after the other.
type scanner struct {
	in     *bufio.Reader
	record []byte
	offset int64 // of the next record
}

func newScanner(in io.Reader) *scanner { return &scanner{in: bufio.NewReaderSize(in, 256<<10)} }

// newScannerAt reads from an offset of a file on, and little more than one small record at first.
func newScannerAt(f io.ReaderAt, offset, size int64) *scanner {
	return &scanner{in: bufio.NewReaderSize(io.NewSectionReader(f, offset, size-offset), 4<<10), offset: offset}
}

// next returns a record's payload, which is valid until the next call. At the end of the file it is io.EOF, errTorn
// where something is wrong, and any other error where the file cannot be read.
func (s *scanner) next() ([]byte, error) {
	var header [recordHeader]byte
	if n, err := io.ReadFull(s.in, header[:]); err != nil {
		if n == 0 && err == io.EOF {
			return nil, io.EOF
		}
		return nil, torn(err)
	}
	size := binary.LittleEndian.Uint32(header[:])
	if size == 0 || size > maxRecord {
		return nil, errTorn
	}
	if cap(s.record) < int(size) {
		s.record = make([]byte, size)
	}
	s.record = s.record[:size]
	if _, err := io.ReadFull(s.in, s.record); err != nil {
		return nil, torn(err)
	}
	if crc32.Checksum(s.record, castagnoli) != binary.LittleEndian.Uint32(header[4:]) {
		return nil, errTorn
	}
	s.offset += recordHeader + int64(size)
	return s.record, nil
}

func torn(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTorn
	}
	return err
}

// cutRecord returns the first record's payload and what follows it.
func cutRecord(from []byte) (payload, rest []byte, err error) {
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
