package writedoor

import (
	"net/url"
	"regexp"
	"strings"

	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
)

// restPage is the route that edits (coreRoutes.json); later releases serve it below /content as well. Fixed parts of a route
// are compared as they are, without decoding.
var restPage = regexp.MustCompile(`^((?:/content)?/v1/page)(?:/([^/]*))?$`)

// restReads are routes that take a body and write nothing.
var restReads = regexp.MustCompile(`^/(?:coredev/v0|v1)/transform/`)

// rest classifies a request to rest.php.
func (c *classifier) rest() error {
	route := restPage.FindStringSubmatch(c.reading.rest)
	switch {
	case c.reads(), c.method == "POST" && restReads.MatchString(c.reading.rest):
		c.asCame = true
		return nil
	case route == nil, c.method == "POST" && route[2] != "", c.method == "PUT" && route[2] == "", c.method != "POST" && c.method != "PUT":
		c.op.Kind, c.op.Action, c.asCame = Strange, c.method+" "+shorten(c.reading.rest), true
		return nil
	}
	c.op.Action = c.method + " " + route[1]
	return c.restEdit(route)
}

// restEdit is EditHandler: it hands title and text to the edit module of api.php.
func (c *classifier) restEdit(route []string) error {
	body, err := readObject(c.body)
	if err != nil {
		return err
	}
	title, ok := body["title"].(string)
	if c.method == "PUT" {
		title, ok = phpform.RawURLDecode(route[2]), true
	}
	if !ok {
		return unclear("the body names no title")
	}
	t, err := c.textTitle(title)
	if err != nil {
		return err
	}
	c.op.Kind, c.op.Result = Edit, Given
	model, _ := body["content_model"].(string)
	for key, name := range map[string]string{"source": "text", "comment": "summary", "content_model": "contentmodel"} {
		if text, ok := body[key].(string); ok {
			c.data.Set(name, text)
		}
	}
	c.restPath = route[1]
	if c.method == "PUT" {
		delete(body, "title")
		c.restPath += "/" + url.PathEscape(c.site.Wiki.Prefixed(t))
	} else {
		body["title"] = c.site.Wiki.PrefixedText(t)
	}
	c.data.Set("title", c.site.Wiki.PrefixedText(t))
	if c.restBody, err = writeObject(body); err != nil {
		return err
	}
	return c.edits(t, model)
}

// unblocks notes whether people take back their own block.
func (c *classifier) unblocks(targets ...string) {
	for _, target := range targets {
		if target == "" || c.actor.Name == "" {
			continue
		}
		if strings.HasPrefix(target, "#") { // a block by its number may be anybody's
			c.op.Tiers = append(c.op.Tiers, UnblockSelf)
			continue
		}
		t, err := c.site.Wiki.ParseIn(target, wiki.NSUser)
		if _, isID := plainNumber(target); isID || err != nil || t.Text() == c.actor.Name {
			c.op.Tiers = append(c.op.Tiers, UnblockSelf)
		}
	}
}
