package writedoor

import (
	"maps"
	"slices"
	"strings"

	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
)

// rewrite puts a parameter's canonical title in place of what was sent.
func (c *classifier) rewrite(key string, t wiki.Title) {
	text := c.site.Wiki.PrefixedText(t)
	c.data.Set(key, text)
	inBody := c.posted() && (c.form.Type.Kind == phpform.URLEncoded || c.form.Type.Kind == phpform.Multipart)
	if inBody {
		c.form.Post.Set(key, text)
	} else {
		c.form.Get.Set(key, text)
	}
}

// drop removes parameters that say again, or otherwise, what another one says.
func (c *classifier) drop(keys ...string) {
	for _, key := range keys {
		for _, v := range []*phpform.Values{c.data, c.form.Get, c.form.Post} {
			v.Delete(key)
		}
	}
}

// write makes the request that is forwarded: the file's own path, every parameter once, plainly escaped.
func (c *classifier) write() {
	c.op.Params, c.op.Files = c.data, c.form.Files
	if c.asCame {
		return
	}
	f := &Forward{Method: c.method}
	c.op.Forward = f
	if c.entry == restPHP {
		f.Target = withQuery(c.site.file("rest.php")+c.restPath, c.form.Get)
		f.ContentType, f.Body = "application/json", c.restBody
		return
	}
	if c.entry == indexPHP {
		c.nameTarget()
	}
	for key := range c.form.Post.All() {
		c.form.Get.Delete(key)
	}
	script := c.site.Script
	if c.entry == apiPHP {
		script = c.site.file("api.php")
	}
	f.Target = withQuery(script, c.form.Get)
	f.ContentType, f.Body = c.form.Encode()
	if c.form.Type.Kind == phpform.Other {
		f.ContentType, f.Body = c.form.Type.Media, c.body
	}
}

// nameTarget puts the page's one name into the address and takes all others away. What the path said stays said.
func (c *classifier) nameTarget() {
	get := &phpform.Values{}
	title := c.site.Wiki.Prefixed(c.target)
	if c.target.Key == "" { // no page was asked for: another method than POST and GET
		title = c.text("title")
	}
	get.Set("title", title)
	for _, key := range slices.Sorted(maps.Keys(c.fromPath)) {
		if key != "title" {
			get.Set(key, c.fromPath[key])
			c.form.Post.Delete(key)
		}
	}
	for key, value := range c.form.Get.All() {
		if _, set := get.Lookup(key); !set && key != "curid" {
			get.Put(key, value)
		}
	}
	c.form.Get = get
	c.form.Post.Delete("title")
	c.form.Post.Delete("curid")
	c.data.Delete("curid")
	c.data.Set("title", title)
}

func withQuery(path string, v *phpform.Values) string {
	if v.Len() == 0 {
		return path
	}
	return path + "?" + phpform.EncodeQuery(v)
}

func cutQuery(target string) (path, query string) {
	path, query, _ = strings.Cut(target, "?")
	return path, query
}
