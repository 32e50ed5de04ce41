package sandbox

import (
	"context"
	"regexp"
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// hearsSending finds scripts that have a hand in what forms send.
var hearsSending = regexp.MustCompile(`['"\x60](?:submit|formdata)\b|\bon(?:submit|formdata)\b|\.submit\s*\(|wpSave`)

// formWord is what marks the form that we send ourselves; "" for a script that has nothing to do with forms.
func formWord(u *subject) string {
	if !hearsSending.MatchString(u.Text) {
		return ""
	}
	return decoy.Word(18)
}

// sendForm sends the form that the wiki has on the page, as a person does who presses its button, and says along with it what stood there: the
// decoy tells what became of it. Nothing is saved.
func (v *visit) sendForm(ctx context.Context) {
	if v.formWord == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	v.rec.enter(v.later(trace.Explored))
	var sent bool
	err := v.c.Inspect(ctx, `(() => {
		const ours = (f) => /^post$/i.test(f.getAttribute('method')) && new URL(f.getAttribute('action') || '', location.href).origin === location.origin;
		const form = [...document.querySelectorAll('#editform, #mw-content-text form')].find(ours);
		if (!form) { return false; }
		form.reset(); // to what the wiki put there: what was typed meanwhile was typed anywhere
		const stood = {};
		for (const x of form.querySelectorAll('input, textarea, select')) {
			if (!x.name || x.name.includes('[') || /^(?:file|submit|button|image|reset)$/.test(x.type)) { continue; }
			if (!/^(?:checkbox|radio)$/.test(x.type) || x.checked) { stood[x.name] = x.value; } else if (!(x.name in stood)) { stood[x.name] = ''; }
		}
		const mark = document.createElement('input');
		mark.type = 'hidden';
		mark.name = `+inJSON(decoy.FormField)+`;
		mark.value = `+inJSON(v.formWord)+` + JSON.stringify(stood);
		form.append(mark);
		const button = form.querySelector('[type=submit]');
		if (button) { form.requestSubmit(button); } else { form.requestSubmit(); }
		return true;
	})()`, &sent)
	if err == nil && sent {
		_ = v.pass(ctx, time.Second) // what is not sent by then, is not
	}
}
