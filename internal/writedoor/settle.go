package writedoor

import (
	"fmt"
	"strconv"

	"sallyport/internal/phpform"
)

// Settle makes an edit's canonical request say the whole text that was computed, in place of a section, an addition or an
// undo, so that what is saved is what was shown. Other kinds of operations, and edits by rest.php, stay as they are.
func (o *Operation) Settle(c Change) (*Forward, error) {
	if o.Kind != Edit || o.Via == "rest.php" || o.Forward == nil {
		return o.Forward, nil
	}
	if o.Result == Uncomputable {
		return nil, uncomputable("%s", o.Action)
	}
	f, err := o.Forward.form()
	if err != nil {
		return nil, err
	}
	if o.Via == "index.php" {
		f.replace("wpTextbox1", c.New)
		f.drop("section", "wpSection")
	} else {
		f.replace("text", c.New)
		f.replace("contentmodel", c.After)
		f.drop("section", "sectiontitle", "appendtext", "prependtext", "undo", "undoafter", "md5", "basetimestamp")
		if c.Rev != 0 {
			f.replace("baserevid", strconv.FormatInt(c.Rev, 10))
		}
	}
	return f.forward(o.Forward), nil
}

// fields is a canonical request taken apart.
type fields struct {
	path string
	form *phpform.Form
}

func (f *Forward) form() (*fields, error) {
	path, query := cutQuery(f.Target)
	form, err := phpform.Read(f.Method, query, []string{f.ContentType}, f.Body, phpform.Limits{})
	if err != nil {
		return nil, fmt.Errorf("read the canonical request: %w", err)
	}
	return &fields{path, form}, nil
}

func (f *fields) replace(key, text string) {
	f.form.Get.Delete(key)
	f.form.Post.Set(key, text)
}

func (f *fields) drop(keys ...string) {
	for _, key := range keys {
		f.form.Get.Delete(key)
		f.form.Post.Delete(key)
	}
}

func (f *fields) forward(old *Forward) *Forward {
	kind, body := f.form.Encode()
	return &Forward{Method: old.Method, Target: withQuery(f.path, f.form.Get), ContentType: kind, Body: body}
}
