package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"sallyport/internal/link"
	"sallyport/internal/wiki"
)

// unpacked are the code pages of a dump, in a file that goes when we do: scripts name each other in any order.
type unpacked struct {
	file  *os.File
	pages []unpackedPage
	by    map[string]int
}

type unpackedPage struct {
	name     string
	at, size int64
	lacking  bool
}

// unpack reads a dump to its end, or to where it breaks off; what came before is there in either case.
func unpack(path string, tell func(string)) (*unpacked, error) {
	file, err := os.CreateTemp("", "sallyport-dump-")
	if err != nil {
		return nil, fmt.Errorf("unpack the dump: %w", err)
	}
	_ = os.Remove(file.Name()) // the open file is all we need
	u := &unpacked{file: file, by: map[string]int{}}
	at := int64(0)
	err = openDump(path, func(r io.Reader) error {
		return readDump(r, func(p *dumped) error {
			if p.kind == wiki.SiteHTML {
				tell(p.name + ": a message in HTML; not read")
				return nil
			}
			n, err := io.WriteString(file, p.text.String())
			if err != nil {
				return fmt.Errorf("unpack the dump: %w", err)
			}
			u.by[plainTitle(p.name)] = len(u.pages)
			u.pages = append(u.pages, unpackedPage{p.name, at, int64(n), p.lacking()})
			at += int64(n)
			return nil
		})
	})
	if err != nil {
		err = fmt.Errorf("%w (after %d code pages)", err, len(u.pages))
	}
	return u, err
}

func (u *unpacked) input(p unpackedPage) Input {
	if p.lacking {
		return missing(p.name, errNoText)
	}
	return Input{Path: p.name, Size: p.size, Find: u.find, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(u.file, p.at, p.size)), nil
	}}
}

func (u *unpacked) find(from string, ref link.Ref) (string, []byte, bool) {
	name, ok := pageTitle(from, ref)
	if !ok {
		return "", nil, false
	}
	i, ok := u.by[plainTitle(name)]
	if !ok || u.pages[i].lacking || u.pages[i].size > maxSize {
		return "", nil, false
	}
	p := u.pages[i]
	text := make([]byte, p.size)
	if _, err := u.file.ReadAt(text, p.at); err != nil && !errors.Is(err, io.EOF) {
		return "", nil, false
	}
	return p.name, text, true
}
