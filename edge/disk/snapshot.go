package disk

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unique"

	"nameplate.io/edge/table"
)

// A snapshot is: the format record; segments of entry and chain records; then the answers, what passed the guard, the
// commit, the index and the end record. The end record has a fixed length and says where the index is, so that a start
// finds the segments from the file's end and decodes them side by side.

// segmentSize is how much of a snapshot one goroutine decodes at a time.
const segmentSize = 2 << 20

// mostIndexed keeps the index well below the size of a record. A snapshot with more chains, which no CA makes, has none
// and is read from its beginning.
const mostIndexed = 50_000

// endRecord is the length of the end record in the file.
const endRecord = recordHeader + 1 + 16

type end struct {
	records uint64 // entries and answers
	index   uint64 // offset of the index
}

func (e *encoder) end(of end) {
	e.record(kindEnd, func(b []byte) []byte {
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, of.records), of.index)
	})
}

func decodeEnd(body []byte) (end, error) {
	if len(body) != 16 {
		return end{}, errMalformed
	}
	return end{binary.LittleEndian.Uint64(body), binary.LittleEndian.Uint64(body[8:])}, nil
}

// index says where a snapshot's parts are.
type index struct {
	chains   []int64 // offsets of the chain records, by number
	segments []int64 // offsets of the segments; they follow one another
	rest     int64   // offset of what follows the last one
}

func (e *encoder) index(of index) {
	e.record(kindIndex, func(b []byte) []byte {
		for _, list := range [][]int64{of.chains, of.segments, {of.rest}} {
			b = binary.AppendUvarint(b, uint64(len(list)))
			for _, offset := range list {
				b = binary.AppendUvarint(b, uint64(offset))
			}
		}
		return b
	})
}

func decodeIndex(body []byte) (index, error) {
	d := &fields{in: body}
	list := func() []int64 {
		out := make([]int64, d.length())
		for i := range out {
			out[i] = int64(d.uvarint())
		}
		return out
	}
	of := index{chains: list(), segments: list()}
	rest := list()
	if !d.ok() || len(rest) != 1 {
		return index{}, errMalformed
	}
	of.rest = rest[0]
	return of, nil
}

// partSize is how much of a snapshot is written, or read back, before others have a turn.
const partSize = 1 << 20

// turns gives others the processor for as long as it was taken since it began, since nobody waits for a snapshot.
type turns struct{ began time.Time }

func (t *turns) begin() { t.began = time.Now() }

func (t *turns) have() {
	time.Sleep(min(time.Since(t.began), time.Second))
	t.begin()
}

// encodeSnapshot writes a whole snapshot in parts.
func encodeSnapshot(batch Batch, write func([]byte) error) (size int64, err error) {
	enc := newEncoder()
	enc.format()
	flush := func() error {
		if err := write(enc.out); err != nil {
			return err
		}
		enc.before += int64(len(enc.out))
		enc.out = enc.out[:0]
		return nil
	}
	var of index
	for _, e := range batch.Entries {
		if n := len(of.segments); n == 0 || enc.offset()-of.segments[n-1] > segmentSize {
			of.segments = append(of.segments, enc.offset())
		}
		enc.entry(e)
		if len(enc.out) > partSize {
			if err := flush(); err != nil {
				return 0, err
			}
		}
	}
	of.chains, of.rest = enc.at, enc.offset()
	for _, a := range batch.Answers {
		enc.answer(a)
	}
	enc.passed(batch.Passed)
	enc.commit(batch.Position)
	at := enc.offset()
	if len(of.chains) <= mostIndexed {
		enc.index(of)
	}
	enc.end(end{uint64(len(batch.Entries) + len(batch.Answers)), uint64(at)})
	return enc.offset(), flush()
}

// verify reads a snapshot back record by record, without decoding what they say.
func verify(path string, records int, size int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := newScanner(f)
	found := 0
	var others turns
	others.begin()
	for rested := int64(0); ; {
		if in.offset-rested > partSize {
			others.have()
			rested = in.offset
		}
		payload, err := in.next()
		if err != nil {
			return fmt.Errorf("disk: %s does not read back at byte %d: %w", path, in.offset, err)
		}
		switch kind(payload[0]) {
		case kindEntry, kindAnswer:
			found++
		case kindEnd:
			if in.offset != size || found != records {
				return fmt.Errorf("disk: %s has %d records in %d bytes (expected: %d in %d)", path, found, in.offset, records, size)
			}
			return nil
		}
	}
}

// readSnapshot reads a snapshot by its index. Whatever is not as it should be is an error; then the file may be read
// from its beginning, as far as it is sound.
func readSnapshot(path string) (*contents, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return parseSnapshot(f, info.Size())
}

func parseSnapshot(f io.ReaderAt, size int64) (*contents, error) {
	of, end, err := findIndex(f, size)
	if err != nil {
		return nil, err
	}
	chains := make([]chain, len(of.chains))
	for i, offset := range of.chains {
		payload, err := recordAt(f, offset, size)
		if err != nil || kind(payload[0]) != kindChain {
			return nil, errTorn
		}
		chains[i] = unique.Make(string(payload[1:]))
	}
	segments, err := readSegments(f, of, chains)
	if err != nil {
		return nil, err
	}
	// What follows the segments is small and read as any file is.
	c := &contents{size: size, chains: chains}
	rest := newScanner(io.NewSectionReader(f, of.rest, size-of.rest))
	rest.offset = of.rest
	p := parser{contents: c, in: rest, decoder: newDecoder(chains)}
	c.entries = slices.Concat(segments...)
	p.records = uint64(len(c.entries))
	for !c.complete {
		payload, err := rest.next()
		if err != nil {
			return nil, err
		}
		if err := p.take(kind(payload[0]), payload[1:]); err != nil && !c.complete {
			return nil, err
		}
	}
	if len(p.batch.entries)+len(p.batch.answers) > 0 || p.records != end.records {
		return nil, errMalformed
	}
	return c, nil
}

// findIndex reads the format at the beginning and the index by way of the end.
func findIndex(f io.ReaderAt, size int64) (of index, at end, err error) {
	first, err := recordAt(f, 0, size)
	if err != nil {
		return of, at, err
	}
	d := &fields{in: first[1:]}
	if kind(first[0]) != kindFormat || d.uvarint() != formatVersion || !d.ok() {
		return of, at, errMalformed
	}
	last, err := recordAt(f, size-endRecord, size)
	if err != nil {
		return of, at, err
	}
	if at, err = decodeEnd(last[1:]); err != nil || kind(last[0]) != kindEnd || at.index > uint64(size) {
		return of, at, errMalformed
	}
	payload, err := recordAt(f, int64(at.index), size)
	if err != nil {
		return of, at, err
	}
	if of, err = decodeIndex(payload[1:]); err != nil || kind(payload[0]) != kindIndex {
		return of, at, errMalformed
	}
	// The segments have to fill what lies between the format and the rest: no byte stays unchecked.
	before := int64(recordHeader + len(first))
	for i, offset := range of.segments {
		if i == 0 && offset != before || offset < before || offset-before > 4*segmentSize {
			return of, at, errMalformed
		}
		before = offset
	}
	if of.rest < before || of.rest > int64(at.index) || len(of.segments) == 0 && of.rest != before || of.rest-before > 4*segmentSize {
		return of, at, errMalformed
	}
	return of, at, nil
}

func recordAt(f io.ReaderAt, offset, size int64) ([]byte, error) {
	if offset < 0 || offset >= size {
		return nil, errTorn
	}
	return newScannerAt(f, offset, size).next()
}

// readSegments decodes all segments, as many at once as there are processors.
func readSegments(f io.ReaderAt, of index, chains []chain) ([][]*table.Entry, error) {
	out := make([][]*table.Entry, len(of.segments))
	failed := make([]error, runtime.GOMAXPROCS(0))
	var taken atomic.Int64
	var workers sync.WaitGroup
	for w := range failed {
		workers.Go(func() {
			decoder := newDecoder(chains)
			var buffer []byte
			for i := int(taken.Add(1)) - 1; i < len(out) && failed[w] == nil; i = int(taken.Add(1)) - 1 {
				to := of.rest
				if i+1 < len(of.segments) {
					to = of.segments[i+1]
				}
				if n := int(to - of.segments[i]); cap(buffer) < n {
					buffer = make([]byte, n)
				}
				buffer = buffer[:to-of.segments[i]]
				if _, err := f.ReadAt(buffer, of.segments[i]); err != nil {
					failed[w] = err
					return
				}
				out[i], failed[w] = decoder.segment(buffer)
			}
		})
	}
	workers.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (d *decoder) segment(data []byte) ([]*table.Entry, error) {
	entries := make([]*table.Entry, 0, len(data)/1024)
	for rest := data; len(rest) > 0; {
		payload, after, err := cutRecord(rest)
		if err != nil {
			return nil, err
		}
		rest = after
		switch kind(payload[0]) {
		case kindChain: // read before
		case kindEntry:
			e, err := d.entry(payload[1:])
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		default:
			return nil, errMalformed
		}
	}
	return entries, nil
}
