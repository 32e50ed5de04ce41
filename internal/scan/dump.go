package scan

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"

	"sallyport/internal/wiki"
)

// Dump is a source of the code pages of a MediaWiki XML export (Special:Export, dumpBackup.php), plain or compressed with
// gzip, bzip2 or zstd, in the order of the file. Of a page with several revisions the last in the file counts. Where the
// file ends too early, or is no export, stands a script that cannot be read; what came before is scanned. Pages find each
// other, so the texts are unpacked first. tell gets what is left out.
func Dump(path string, tell func(string)) Source {
	return failing(path, func(_ context.Context, yield func(Input) error) error {
		u, broken := unpack(path, tell)
		if u == nil {
			return broken
		}
		for _, p := range u.pages {
			if err := yield(u.input(p)); err != nil {
				return err
			}
		}
		return broken
	})
}

func openDump(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := decompress(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return err
	}
	return read(r)
}

// decompress looks at what the bytes are, not at what the file is called.
func decompress(r *bufio.Reader) (io.Reader, error) {
	magic, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		return gzip.NewReader(r)
	case bytes.HasPrefix(magic, []byte("BZh")):
		return bzip2.NewReader(r), nil
	case bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")):
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	default:
		return r, nil
	}
}

// Errors of dumps.
var (
	errNoDump  = errors.New("this is not a MediaWiki XML export")
	errCut     = errors.New("the dump is cut off: fetch it again")
	errNoText  = errors.New("the dump does not hold its text")
	errTooMuch = errors.New("the dump has a text that is too long for a page")
)

// allowance lets the XML decoder read so much and no more before it gives us a token: it keeps whole texts in memory.
type allowance struct {
	r    io.Reader
	left int
}

const longestText = 2 * maxSize

func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, errTooMuch
	}
	n, err := a.r.Read(p)
	a.left -= n
	return n, err
}

// dumped is a page of a dump: its last revision.
type dumped struct {
	name  string // the title, as the dump spells it
	ns    int
	model string
	text  strings.Builder
	bytes string // how long the text is, as the dump says
	gone  bool   // the text is hidden
	kind  wiki.CodeKind
}

// lacking says whether the text is missing, as it is from stub dumps, rather than empty.
func (p *dumped) lacking() bool {
	return p.gone || p.text.Len() == 0 && p.bytes != "" && p.bytes != "0"
}

// export reads a dump token by token.
type export struct {
	input  *allowance
	tokens *xml.Decoder
	path   []string // the elements around the token
	page   *dumped
}

// Bounds of the format: a title has 255 bytes and a namespace; nothing nests this deep.
const (
	longestName = 1 << 10
	deepest     = 32
)

// readDump gives the code pages of a dump.
func readDump(r io.Reader, yield func(*dumped) error) error {
	e := &export{input: &allowance{r: r}}
	e.tokens = xml.NewDecoder(e.input)
	begun := false
	for {
		e.input.left = longestText
		token, err := e.tokens.RawToken()
		switch {
		case errors.Is(err, io.EOF) && begun && len(e.path) == 0:
			return nil
		case err != nil && !begun:
			return fmt.Errorf("%w: %w", errNoDump, err)
		case err != nil:
			return broken(err)
		}
		if start, ok := token.(xml.StartElement); ok && !begun {
			if begun = start.Name.Local == "mediawiki"; !begun {
				return errNoDump
			}
		}
		if err := e.take(token, yield); err != nil {
			return err
		}
	}
}

// broken tells a dump that ends too early from one that is wrong.
func broken(err error) error {
	var syntax *xml.SyntaxError
	early := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if early || errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF") {
		return errCut
	}
	return err
}

func (e *export) take(token xml.Token, yield func(*dumped) error) error {
	switch t := token.(type) {
	case xml.StartElement:
		e.path = append(e.path, t.Name.Local)
		if len(e.path) > deepest {
			return errNoDump
		}
		e.start(t)
	case xml.CharData:
		e.fill(t)
	case xml.EndElement:
		if len(e.path) == 0 || e.path[len(e.path)-1] != t.Name.Local {
			return fmt.Errorf("%w: </%s> stands where it cannot", errNoDump, t.Name.Local)
		}
		e.path = e.path[:len(e.path)-1]
		if t.Name.Local == "page" && e.page.classify() != wiki.NotCode {
			return yield(e.page)
		}
	}
	return nil
}

// start begins a page, or the next revision of one (export-0.11.xsd).
func (e *export) start(t xml.StartElement) {
	switch t.Name.Local {
	case "page":
		e.page = &dumped{}
	case "revision":
		if e.page != nil {
			e.page = &dumped{name: e.page.name, ns: e.page.ns}
		}
	case "text":
		for _, a := range t.Attr {
			if e.page != nil && a.Name.Local == "bytes" {
				e.page.bytes = a.Value
			}
			if e.page != nil && a.Name.Local == "deleted" {
				e.page.gone = true
			}
		}
	}
}

// fill keeps the text of the elements we want. An entity or a CDATA section gives a text in pieces.
func (e *export) fill(text []byte) {
	p := e.page
	if p == nil || len(e.path) < 3 {
		return
	}
	switch what := strings.Join(e.path[2:], "/"); {
	case what == "title" && len(p.name) <= longestName:
		p.name += string(text)
	case what == "ns":
		p.ns, _ = strconv.Atoi(strings.TrimSpace(string(text))) // no number is the main namespace, where nothing is code
	case what == "revision/model" && len(p.model) <= longestName:
		p.model += string(text)
	case what == "revision/text" && p.text.Len() <= maxSize: // a longer one is refused when it is read
		p.text.Write(text)
	}
}

func (p *dumped) classify() wiki.CodeKind {
	t := wiki.Title{NS: p.ns, Key: strings.ReplaceAll(p.name, " ", "_")}
	if p.ns != wiki.NSMain {
		_, t.Key, _ = strings.Cut(t.Key, ":")
	}
	if p.model == "" { // before export-0.8
		p.model = wiki.DefaultModel(t)
	}
	p.kind = wiki.Code(t, p.model)
	return p.kind
}
