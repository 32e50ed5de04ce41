package sandbox

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/gate"
	"sallyport/internal/trace"
)

// quiet is how long nothing may have been asked for before a page counts as loaded.
const quiet = 30 * time.Millisecond

// settle is how long a page is watched after it has loaded, in its own time: for scripts that wait a moment.
const settle = 4 * time.Second

// patienceForScript is how long a page may take to come to the script under test: modules are loaded before it.
const patienceForScript = 6 * time.Second

// outcome is what one run came to.
type outcome struct {
	events   []trace.Event
	ran      []int // numbers of functions
	pictures []Picture
	served   map[string]string // scripts by address
	err      error             // why the run says nothing
}

// visit is one run under way.
type visit struct {
	s         *Sandbox
	u         *subject // nil in a baseline
	o         spec
	source    decoy.Source
	decoy     *decoy.Decoy
	rec       *recorder
	c         *browser.Context
	hook      hookSettings
	url       string
	made      *gate.Rewritten
	level     string         // of isolation
	callEvent string         // the event at which functions are called that never ran
	formWord  string         // marks the form that we send ourselves; "" for none
	asks      *decoy.Witness // what we ask ourselves, through the page; nil for nothing
	pressed   map[string]bool
	out       outcome
}

// run carries out one run in a window of its own.
func (s *Sandbox) run(ctx context.Context, b *browser.Browser, u *subject, source decoy.Source, o spec) *outcome {
	v := &visit{s: s, u: u, o: o, source: source, level: string(b.Isolation().Level), pressed: map[string]bool{}}
	if o.base {
		v.u = nil
	}
	err := v.prepare(u)
	if err == nil {
		err = v.open(ctx, b)
	}
	if err == nil {
		err = v.live(ctx)
		v.finish(ctx, err)
	} else {
		v.out.err = err
	}
	return &v.out
}

// prepare makes the outside of the run. What goes with the script is there without it, too.
func (v *visit) prepare(u *subject) error {
	secrets := decoy.NewSecrets(v.o.persona)
	v.rec = newRecorder(secrets)
	if v.o.host == "" {
		v.o.host = v.s.o.Host
	}
	vis := decoy.Visit{
		Source: v.source, Library: v.s.o.Library, Persona: v.o.persona, Host: v.o.host, Skin: v.o.skin, Lang: v.o.lang, ID: v.o.id, Now: v.o.clock, Answer: v.o.answer,
		Secrets: secrets, Record: v.rec.put, Config: v.o.config, Options: v.o.options, Cookies: v.o.cookies,
		Companions: u.together.out, Modules: u.modules, Shim: u.shim,
	}
	path := ""
	if v.u != nil {
		script, err := v.script(secrets)
		if err != nil {
			return err
		}
		vis.Script, vis.Self, vis.Words = script, v.u.self, v.s.words(v.u)
		vis.Named, vis.Prefixes = namesIn(v.u), prefixesIn(v.u.Text)
		vis.RunsText = runsText.MatchString(v.u.Text)
		if v.o.active && standsBetween.MatchString(v.u.Text) {
			vis.Witness = witnessFor(v.u)
			v.asks = vis.Witness
		}
		if v.o.active && v.o.explore > 0 {
			v.formWord = formWord(v.u)
			vis.FormWord = v.formWord
		}
		vis.Extra = unseenIn(v.u.Text)
		if v.o.honey {
			vis.Extra = append(vis.Extra, v.s.honey(v.u)...)
		}
		path = decoy.RawPath(v.source.Site().ScriptPath, v.u.Title)
	}
	v.decoy = decoy.New(vis)
	v.hook = settingsOf(secrets, path, stores(cmp.Or(v.o.id, v.source.Site().ID), u.Text), v.o.chance)
	v.callEvent = "c" + decoy.Word(24)
	v.hook.Names, v.hook.Stranger = namesakes(v.u), v.s.word+" Vos"
	if v.u != nil {
		v.hook.Stored = knowsStore.MatchString(v.u.Text)
		if readsAllKept.MatchString(v.u.Text) {
			v.hook.Kept = muchKept
		}
	}
	v.url = "https://" + v.o.host + v.o.page.path(v.source.Site(), v.o.persona, v.s.revision, v.o.query)
	return nil
}

// open opens the window.
func (v *visit) open(ctx context.Context, b *browser.Browser) error {
	scripts := []string{hooks(v.hook)}
	if v.made != nil {
		hook := gate.Hook{Name: v.made.Hook, Turns: v.o.turns, Report: `(n => emit('{"k":"gate","g":'+n+'}'))`}
		if len(v.o.calls) > 0 {
			hook.Calls = v.callEvent
		}
		scripts = append(scripts, "emit => {"+hook.Script()+"}")
	}
	if len(v.o.storage) > 0 {
		scripts = append(scripts, storageScript(v.o.storage))
	}
	v.rec.began = time.Now()
	c, err := b.NewContext(ctx, browser.ContextOptions{
		Handler: v.decoy, Scripts: scripts, Events: v.rec.hear, Clock: v.o.clock, Locale: v.o.locale, Timezone: v.o.timezone, Referrer: v.o.referrer, UserAgent: v.o.agent,
		Width: v.o.width, Height: v.o.height, Offline: v.o.offline, Coverage: v.u != nil, Limits: &v.s.limits, Dialog: agree,
	})
	v.c = c
	return err
}

// agree says yes to everything, and something to every question.
func agree(kind, _, text string) (bool, string) {
	if kind == "prompt" && text == "" {
		text = "3"
	}
	return true, text
}

// live goes through the stages of the run.
func (v *visit) live(ctx context.Context) error {
	v.rec.enter(v.firstStage())
	for n := range max(v.o.visits, 1) {
		if n > 0 {
			if err := v.c.Idle(ctx, quiet); err != nil {
				return err
			}
		}
		v.decoy.Expect(v.url)
		if err := v.c.Navigate(ctx, v.url); err != nil {
			return err
		}
		if err := v.c.Idle(ctx, quiet); err != nil {
			return err
		}
		if n < v.o.visits-1 {
			if err := v.c.Advance(ctx, time.Second); err != nil {
				return err
			}
		}
	}
	if err := v.awaitScript(ctx); err != nil {
		return err
	}
	if v.o.picture {
		v.snap(ctx, "before")
	}
	if err := v.pass(ctx, settle); err != nil {
		return err
	}
	if err := v.comeBack(ctx); err != nil {
		return err
	}
	if v.o.active {
		if err := v.read(ctx); err != nil {
			return err
		}
	}
	v.lookAround(ctx)
	if v.o.forward > 0 {
		v.rec.enter(v.later(trace.Clock))
		if err := v.forward(ctx); err != nil {
			return err
		}
		v.lookAround(ctx)
	}
	if v.o.explore > 0 {
		v.rec.enter(v.later(trace.Explored))
		if err := v.explore(ctx); err != nil {
			return err
		}
		if err := v.await(ctx); err != nil {
			return err
		}
	}
	if v.o.picture {
		v.snap(ctx, "after")
	}
	if err := v.callRest(ctx); err != nil {
		return err
	}
	v.sendForm(ctx)
	if v.asks != nil {
		v.rec.enter(v.firstStage())
		v.witness(ctx)
	}
	return nil
}

// firstStage is the stage of what happens on loading.
func (v *visit) firstStage() trace.Stage {
	if v.o.stage == "" {
		return trace.Natural
	}
	return v.o.stage
}

// later is a further stage of a run; what comes of turned conditions stays forced.
func (v *visit) later(s trace.Stage) trace.Stage {
	if v.o.stage == trace.Forced {
		return trace.Forced
	}
	return s
}

// awaitScript waits until the script under test has come, for it is loaded behind modules.
func (v *visit) awaitScript(ctx context.Context) error {
	if v.u == nil {
		return nil
	}
	for deadline := time.Now().Add(patienceForScript); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if v.decoy.Safe() {
			return errSafe
		}
		if _, ok := v.decoy.Scripts()[v.decoy.ScriptURL()]; ok {
			return v.c.Idle(ctx, quiet)
		}
		if err := v.c.Err(); err != nil {
			return err
		}
	}
	return errors.New("the page did not load the script")
}

// errSafe says that the wiki lets no user's code run on a page: there is nothing to see.
var errSafe = errors.New("no user's code runs on this page")

// pass lets time go by in the page.
func (v *visit) pass(ctx context.Context, d time.Duration) error {
	if err := v.c.Advance(ctx, d); err != nil {
		return err
	}
	return v.c.Idle(ctx, quiet)
}

// order gives the hooks an order and returns their answer.
func (v *visit) order(ctx context.Context, order, answer any) error {
	v.rec.mu.Lock()
	v.rec.answer = nil
	v.rec.mu.Unlock()
	text := inJSON(inJSON(order))
	if err := v.c.Inspect(ctx, "window.dispatchEvent(new CustomEvent("+inJSON(v.hook.Secret)+", {detail: "+text+"})), 0", nil); err != nil {
		return err
	}
	v.rec.mu.Lock()
	raw := v.rec.answer
	v.rec.mu.Unlock()
	if raw == nil {
		return errNoAnswer
	}
	if answer == nil {
		return nil
	}
	return jsonInto(raw, answer)
}

// errNoAnswer says that our instrumentation does not answer: the page has gone elsewhere, or a script took its events.
var errNoAnswer = errors.New("the instrumentation does not answer")

// snap takes a picture.
func (v *visit) snap(ctx context.Context, when string) {
	if png, err := v.c.Screenshot(ctx); err == nil {
		v.out.pictures = append(v.out.pictures, Picture{Caption: strings.ToUpper(when[:1]) + when[1:] + ", as " + v.persona() + " on " + v.o.page.Name, PNG: png})
	}
}
