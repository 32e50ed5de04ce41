package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"sallyport/internal/exposure"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

type exposureCommand struct {
	onStore
	Script string    `arg:"" help:"A page; one text of it as PAGE@REVISION or PAGE@SHA256, of which 16 digits will do; a text of any page as @SHA256." placeholder:"PAGE[@REVISION|@SHA256]"`
	From   time.Time `help:"The first minute, for instance 2026-03-05T12:00:00Z. Default: as far back as is kept." format:"2006-01-02T15:04:05Z07:00"`
	To     time.Time `help:"The last minute. Default: now." format:"2006-01-02T15:04:05Z07:00"`
	Format string    `enum:"text,json,csv" default:"text" help:"text, json or csv."`
}

// Run says who was served a text.
func (c exposureCommand) Run(s streams) error {
	settings, db, client, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	q, err := c.question(s.ctx, db, client, site, settings.Exposure.Days)
	if err != nil {
		return err
	}
	a, err := askingOf(db, client, site, settings.Exposure.Days).Answer(s.ctx, q)
	if err != nil {
		return err
	}
	switch c.Format {
	case "json":
		e := json.NewEncoder(s.stdout)
		e.SetIndent("", "\t")
		return e.Encode(struct {
			Schema string `json:"schema"`
			*exposure.Answer
		}{"sallyport.exposure/1", a})
	case "csv":
		return csv.NewWriter(s.stdout).WriteAll(a.Table())
	}
	return writeExposure(s.stdout, a)
}

// question reads what is asked. The store must know which text a few digits mean.
func (c exposureCommand) question(ctx context.Context, db store.Store, client *mediawiki.Client, site *wiki.Site, days int) (q store.ExposureQuery, err error) {
	if q.From, q.To = c.From.Truncate(time.Minute), c.To.Truncate(time.Minute); c.To.IsZero() {
		q.To = time.Now()
	}
	if c.From.IsZero() {
		q.From = q.To.AddDate(0, 0, -days)
	}
	name, pin, _ := strings.Cut(c.Script, "@")
	if name != "" {
		t, err := site.Parse(name)
		if err != nil {
			return q, fmt.Errorf("%q is not a title: %w", name, err)
		}
		q.Title = site.PrefixedText(t)
	}
	if pin == "" {
		if name == "" {
			return q, errors.New("name a page, or a text as @SHA256")
		}
		return q, nil
	}
	q.Digest, err = digestNamed(ctx, db, client, site, q, pin)
	return q, err
}

// digestNamed is the text that comes after the @.
func digestNamed(ctx context.Context, db store.Store, client *mediawiki.Client, site *wiki.Site, q store.ExposureQuery, pin string) (store.Digest, error) {
	if rev, err := strconv.ParseInt(pin, 10, 64); err == nil && len(pin) < 16 {
		p, err := client.Revision(ctx, rev)
		if err != nil {
			return "", fmt.Errorf("read revision %d: %w", rev, err)
		}
		if title := site.PrefixedText(p.Title); q.Title != "" && q.Title != title {
			return "", fmt.Errorf("revision %d is of %s", rev, title)
		}
		return store.DigestOf(p.Text), nil
	}
	pin = strings.ToLower(pin)
	switch {
	case len(pin) < 16 || len(pin) > 64 || strings.Trim(pin, "0123456789abcdef") != "":
		return "", fmt.Errorf("%q: after the @ comes a revision, or 16 digits or more of a text's SHA-256", pin)
	case len(pin) == 64:
		return store.Digest(pin), nil
	case q.Title == "":
		return "", errors.New("without a page all 64 digits are needed")
	}
	l, err := exposure.Read(ctx, db, site.ID, q)
	if err != nil {
		return "", err
	}
	texts := slices.DeleteFunc(l.Texts, func(t exposure.Text) bool { return !strings.HasPrefix(string(t.SHA256), pin) })
	if len(texts) != 1 {
		return "", fmt.Errorf("%d texts of %s that begin with %s were served in that time", len(texts), q.Title, pin)
	}
	return texts[0].SHA256, nil
}

const minute = "2006-01-02 15:04"

func writeExposure(w io.Writer, a *exposure.Answer) error {
	span := func(t *exposure.Times) string {
		return t.First.UTC().Format(minute) + " to " + t.Last.UTC().Format(minute)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d accounts were served it between %s and %s UTC, %d of them with power over others.\n", len(a.People), a.From.UTC().Format(minute), a.To.UTC().Format(minute), a.Power)
	if a.Nobody != nil {
		fmt.Fprintf(&b, "People who were not logged in: %s.\n", span(a.Nobody))
	}
	if a.Unknown != nil {
		fmt.Fprintf(&b, "People of whom the wiki did not say who they were: %s.\n", span(a.Unknown))
	}
	if a.Missed > 0 {
		fmt.Fprintf(&b, "%d times something was served of which it is not known what or to whom.\n", a.Missed)
	}
	if a.Nameless {
		b.WriteString("The wiki did not say what all of them are called.\n")
	}
	t := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, text := range a.Texts {
		fmt.Fprintf(t, "\n%s\t%s\t%s\t%d accounts", text.Title, text.SHA256, span(&text.Times), text.People)
	}
	fmt.Fprint(t, "\n\n")
	for _, n := range a.People {
		mark := ""
		if n.Powerful {
			mark = "has power"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%d minutes\t%s\n", n.ID, n.Name, span(&n.Times), n.Minutes, mark)
	}
	_ = t.Flush() // a strings.Builder takes everything
	_, err := io.WriteString(w, b.String())
	return err
}
