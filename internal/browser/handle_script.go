package browser

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

type parsedScript struct {
	ScriptID   string      `json:"scriptId"`
	URL        string      `json:"url"`
	Hash       string      `json:"hash"`
	Length     int         `json:"length"`
	Realm      int64       `json:"executionContextId"`
	StackTrace *stackTrace `json:"stackTrace"`
	HasSource  bool        `json:"hasSourceURL"`
	IsModule   bool        `json:"isModule"`
}

// scriptParsed tells of code. Code that was made from text while a script ran has no address of its own, or only the one it gives
// itself, or one of text that a page made; its text is asked for.
func (t *target) scriptParsed(p parsedScript) {
	c := t.context
	c.mu.Lock()
	own := c.own[p.Hash]
	c.mu.Unlock()
	if own {
		return
	}
	e := t.event(Parsed)
	e.ID, e.URL, e.SHA256, e.Length, e.Stack = t.prefix+p.ScriptID, p.URL, p.Hash, p.Length, t.places(p.StackTrace)
	t.mu.Lock()
	if r := t.realms[p.Realm]; r != nil {
		e.Frame, e.Document = r.frame, r.url
	}
	t.mu.Unlock()
	made := strings.HasPrefix(p.URL, "blob:") || strings.HasPrefix(p.URL, "data:")
	if p.URL != "" && !p.HasSource && !made {
		c.post.put(e)
		return
	}
	if !made {
		e.Name = "eval"
	}
	seal := c.post.later(e)
	if seal == nil {
		return
	}
	c.browser.client.send(t.session, "Debugger.getScriptSource", object{"scriptId": p.ScriptID}, func(raw json.RawMessage, err error) {
		var answer struct {
			ScriptSource string `json:"scriptSource"`
		}
		if err == nil {
			_ = json.Unmarshal(raw, &answer)
		}
		seal(func(e *Event) { e.Text = answer.ScriptSource })
	})
}

// scriptBroken tells of text that was to become code and is none: that somebody tried says as much. What has an address is told of as an
// exception.
func (t *target) scriptBroken(p parsedScript) {
	if p.URL == "" || p.HasSource {
		t.scriptParsed(p)
	}
}

// disown keeps a script of our own out of the events. It is known by its hash, which a page cannot use for code of its own.
func (c *Context) disown(source string) {
	sum := sha256.Sum256([]byte(source))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.own[hex.EncodeToString(sum[:])] = true
}
