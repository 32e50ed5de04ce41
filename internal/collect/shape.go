package collect

// A report is one violation, as far as it is used. The texts are parts of the body.
type report struct {
	kind                                 []byte // "csp-violation", or empty in the oldest form
	document, blocked, directive, source []byte
	disposition, agent                   []byte
}

// each reads the reports of a body, whichever of the four shapes browsers send it has, and calls f with each. The
// Content-Type says nothing: WebKit sends the shapes of one standard with the type of the other.
//
//	{"csp-report": {…}}                          report-uri, everywhere (WebKit adds "type" and "url" beside it)
//	[{"type": …, "url": …, "body": {…}}, …]      report-to, Chromium and Firefox
//	{"type": …, "url": …, "body": {…}}           report-to, WebKit
//	{"document-uri": …} or {"documentURL": …}    relays that unpack
//
// It returns how many there were. ok is false when the body is broken; what stood before the break has been reported.
func each(body []byte, f func(*report)) (n int, ok bool) {
	s := &scanner{b: body}
	if s.peek() != '[' {
		return s.one(f)
	}
	s.take('[')
	if s.take(']') {
		return 0, true
	}
	for n < MaxReports {
		one, ok := s.one(f)
		n += one
		if !ok {
			return n, false
		}
		if !s.take(',') {
			return n, s.take(']')
		}
	}
	return n, true
}

// one reads an element. Something that is no report is passed over.
func (s *scanner) one(f func(*report)) (n int, ok bool) {
	if s.peek() != '{' {
		return 0, s.skip()
	}
	var r report
	if !s.object(func(key []byte) bool { return s.outer(key, &r) }) {
		return 0, false
	}
	if len(r.directive) == 0 || len(r.kind) > 0 && string(r.kind) != "csp-violation" {
		return 0, true
	}
	f(&r)
	return 1, true
}

// Longest texts that are looked at.
const (
	maxURL  = 2048
	maxWord = 64
)

func (s *scanner) outer(key []byte, r *report) (ok bool) {
	switch string(key) {
	case "csp-report", "body":
		if s.peek() != '{' {
			return s.skip()
		}
		return s.object(func(key []byte) bool { return s.inner(key, r) })
	case "type":
		r.kind, ok = s.value(maxWord)
	case "user_agent":
		r.agent, ok = s.value(512)
	default:
		return s.inner(key, r)
	}
	return ok
}

// inner reads a field of the violation itself, in the spelling of report-uri or report-to. The policy, most of the bytes, is
// passed over.
func (s *scanner) inner(key []byte, r *report) (ok bool) {
	switch string(key) {
	case "document-uri", "documentURL":
		r.document, ok = s.value(maxURL)
	case "blocked-uri", "blockedURL":
		r.blocked, ok = s.value(maxURL)
	case "effective-directive", "effectiveDirective":
		r.directive, ok = s.value(maxWord)
	case "violated-directive":
		var v []byte
		if v, ok = s.value(maxWord); len(r.directive) == 0 {
			r.directive = v
		}
	case "source-file", "sourceFile":
		r.source, ok = s.value(maxURL)
	case "disposition":
		r.disposition, ok = s.value(maxWord)
	default:
		return s.skip()
	}
	return ok
}
