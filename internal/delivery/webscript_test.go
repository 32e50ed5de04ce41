package delivery

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// Each file in testdata is a wiki and what is asked of it: pages, and a script of requests named "script". Its lines:
//
//	GET /load.php?modules=ext.usergadget.p{doit}   a request, below the base path; HEAD, POST and so on as well
//	  If-None-Match: *                             a header of that request
//	code == 200                                    what is wanted of the answer
//	header Expires == text                         an empty text: there is no such header
//	body contains text                             also: == and !contains; \n and the like are read inside "quotes"
//	on Noor doit                                   Noor switches User:Mara/doit.gadget on
//	save, delete TITLE; move FROM | TO             a page changes; save takes the text from the file "TITLE, later"
//	break, mend                                    the store fails, or works again
//	wait 61s                                       time passes
//
// {doit} is the page id of User:Mara/doit.gadget, {doit@} its version, {#a b} the combined version of gadgets in that
// order: all three as the wiki and the answers have them, not as delivery computes them.
func TestRequestsAreAnsweredAsWritten(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runScript(t, archive)
		})
	}
}

type script struct {
	*world
	later  map[string]string
	method string // of the request that is not sent yet
	path   string
	header []string
	answer *httptest.ResponseRecorder
	asked  string
}

func runScript(t *testing.T, archive *txtar.Archive) {
	var pages [][2]string
	var lines string
	s := &script{later: map[string]string{}}
	for _, f := range archive.Files {
		title, later := strings.CutSuffix(f.Name, ", later")
		switch {
		case later:
			s.later[title] = string(f.Data)
		case title == "script":
			lines = string(f.Data)
		default:
			pages = append(pages, [2]string{title, strings.TrimSuffix(string(f.Data), "\n")})
		}
	}
	s.world = newWorld(t, pages)
	checks := 0
	for line := range strings.Lines(lines) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if s.step(s.fill(line)) {
			checks++
		}
	}
	if checks == 0 {
		t.Error("the script checks nothing")
	}
}

// step carries out one line, and says whether it was a check.
func (s *script) step(line string) bool {
	s.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "": // a header
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		s.header = append(s.header, name, value)
		return false
	case "code", "header", "body":
		s.check(verb, rest)
		return true
	case strings.ToUpper(verb):
		s.method, s.path, s.header, s.answer, s.asked = verb, rest, nil, nil, line
		return false
	default:
		s.change(verb, rest)
		return false
	}
}

func (s *script) change(verb, rest string) {
	s.Helper()
	switch verb {
	case "on":
		user, name, _ := strings.Cut(rest, " ")
		s.switchOn(user, name)
	case "save":
		s.save(rest, s.later[rest])
	case "delete":
		s.must(s.wiki.Delete(rest, "Ira"))
		s.seen(rest)
	case "move":
		from, to, _ := strings.Cut(rest, " | ")
		s.must(s.wiki.Move(from, to, "Mara", true))
		s.seen(from, to)
	case "break":
		s.reg.err = errBroken
	case "mend":
		s.reg.err = nil
	case "wait":
		d, err := time.ParseDuration(rest)
		s.must(err)
		s.now = s.now.Add(d)
	default:
		s.Fatalf("a script has no line %q", verb)
	}
}

var check = regexp.MustCompile(`^(?:([\w-]+) )?(==|!?contains)(?: (.*))?$`)

func (s *script) check(what, rest string) {
	s.Helper()
	if s.answer == nil {
		s.answer = s.ask(s.method, s.path, s.header...)
	}
	m := check.FindStringSubmatch(rest)
	if m == nil {
		s.Fatalf("cannot read %q", what+" "+rest)
	}
	got := s.answer.Body.String()
	switch what {
	case "code":
		got = strconv.Itoa(s.answer.Code)
	case "header":
		got = strings.Join(s.answer.Header().Values(http.CanonicalHeaderKey(m[1])), " + ")
	}
	want := m[3]
	if text, err := strconv.Unquote(want); err == nil {
		want = text
	}
	ok := got == want
	if m[2] != "==" {
		ok = strings.Contains(got, want) == (m[2] == "contains") && want != ""
	}
	if !ok {
		s.Errorf("%s\nwant %s %s\ngot  %.2000q", s.asked, what, rest, got)
	}
}

var variable = regexp.MustCompile(`\{(?:#[\w ]+|(?:User:)?[\w/]+@?)\}`)

func (s *script) fill(line string) string {
	return variable.ReplaceAllStringFunc(line, func(v string) string {
		name := strings.Trim(v, "{}")
		switch {
		case strings.HasPrefix(name, "#"):
			return s.combined(strings.Fields(name[1:])...)
		case strings.HasSuffix(name, "@"):
			return s.version(strings.TrimSuffix(name, "@"))
		}
		return strconv.FormatInt(s.id(name), 10)
	})
}

// version reads a module's version from the key under which it is handed to mw.loader.
func (w *world) version(name string) string {
	w.Helper()
	module := w.module(name)
	m := regexp.MustCompile(regexp.QuoteMeta(`["`+module) + `@([0-9a-z]+)"`).FindStringSubmatch(w.get("/load.php?modules=" + module).Body.String())
	if m == nil {
		w.Fatalf("%s comes without a version", name)
	}
	return m[1]
}

// combined is mw.loader's getCombinedVersion, written down once more: FNV-1 in base 36, five digits.
func (w *world) combined(names ...string) string {
	h := fnv.New32()
	for _, name := range names {
		fmt.Fprint(h, w.version(name))
	}
	digits := strconv.FormatUint(uint64(h.Sum32()), 36)
	return (strings.Repeat("0", max(0, 5-len(digits))) + digits)[:5]
}
