package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/mediawiki"
	"sallyport/internal/sandbox"
	"sallyport/internal/snapshot"
)

type snapshotCommand struct {
	Wiki       string   `help:"The wiki's address, as https://wiki.example." required:"" placeholder:"URL"`
	ScriptPath string   `help:"Where index.php, api.php and load.php are below it." default:"/w" placeholder:"PATH"`
	Output     string   `short:"o" help:"The file to write." required:"" placeholder:"FILE"`
	People     string   `help:"Who to read the wiki as, besides nobody: JSON, [{\"persona\": \"editor\", \"user\": \"…\", \"password\": \"…\"}]. Personas are editor, sysop, interface-admin, steward, bot, temporary, author." placeholder:"FILE"`
	Page       []string `help:"A page of the wiki on which scripts are to be run. May be given several times; the usual special pages are read in any case." placeholder:"TITLE" sep:"none"`
	Quiet      bool     `short:"q" help:"No progress."`
}

// visitorFile is one entry of --people.
type visitorFile struct {
	Persona, User, Password string
}

// Run reads a wiki, with GET requests but for logging in, and writes what it answered to a file.
func (c snapshotCommand) Run(s streams) error {
	told := &teller{w: s.stderr, quiet: c.Quiet, draws: !c.Quiet && isTerminal(s.stderr)}
	client := mediawiki.New(strings.TrimSuffix(c.Wiki, "/"), strings.TrimSuffix(c.ScriptPath, "/"), &http.Client{}, mediawiki.Options{Timeout: 30 * time.Second})
	site, err := client.Site(s.ctx)
	if err != nil {
		return fmt.Errorf("read what %s says of itself: %w", c.Wiki, err)
	}
	site.Server, site.ScriptPath = strings.TrimSuffix(c.Wiki, "/"), strings.TrimSuffix(c.ScriptPath, "/")
	visitors := []snapshot.Visitor{{Key: decoy.Anonymous}}
	people, err := readVisitors(c.People)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, p := range people {
		session, err := client.Login(s.ctx, p.User, p.Password)
		if err != nil {
			return err
		}
		visitors = append(visitors, snapshot.Visitor{Key: p.Persona, Cookies: session.Cookies()})
		names[p.Persona] = p.User
	}
	shot, err := snapshot.Record(s.ctx, snapshot.Options{
		HTTP: &http.Client{Timeout: 60 * time.Second}, Site: site, Visitors: visitors, Pages: pagesToRecord(c.Page, site.MainPage),
		Progress: func(done, of int) { told.count("answers", done, of) },
	})
	told.done()
	if err != nil {
		return err
	}
	out, err := create(c.Output, nil)
	if err != nil {
		return err
	}
	err = shot.Write(out)
	if err := errors.Join(err, out.finish(err == nil)); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%s: %d answers, %d modules, as %d people\n", c.Output, len(shot.Answers), len(shot.Modules), len(shot.People))
	return nil
}

func readVisitors(name string) ([]visitorFile, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read who to visit as: %w", err)
	}
	var people []visitorFile
	if err := json.Unmarshal(text, &people); err != nil {
		return nil, fmt.Errorf("%s: %w; it is to be [{\"persona\": \"editor\", \"user\": \"…\", \"password\": \"…\"}]", name, err)
	}
	for _, p := range people {
		if p.Persona == "" || p.User == "" {
			return nil, fmt.Errorf("%s: each entry has persona, user and password", name)
		}
	}
	return people, nil
}

// pagesToRecord are the pages of a wiki whose titles are not known: those named, and special pages that every wiki has.
func pagesToRecord(titles []string, main string) []snapshot.Page {
	if len(titles) == 0 {
		titles = []string{main}
	}
	var out []snapshot.Page
	for _, t := range titles {
		out = append(out, snapshot.Page{Name: t, Title: t}, snapshot.Page{Name: t + " (edit)", Title: t, Query: "action=edit"}, snapshot.Page{Name: t + " (history)", Title: t, Query: "action=history"})
	}
	for _, p := range sandbox.StandardPages() {
		if strings.HasPrefix(p.Title, "Special:") || strings.Contains(p.Title, "$me") || strings.HasPrefix(p.Title, "MediaWiki:") {
			out = append(out, snapshot.Page(p))
		}
	}
	return out
}

// openSnapshot opens a recorded wiki. What it does not hold is answered by the pretend one.
func openSnapshot(name string) (decoy.Source, []decoy.Persona, []sandbox.Page, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read the snapshot: %w", err)
	}
	defer f.Close()
	shot, err := snapshot.Read(f)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	people := shot.Cast()
	w, err := decoy.Seeded(people, nil, time.Now())
	if err != nil {
		return nil, nil, nil, err
	}
	var pages []sandbox.Page
	for _, p := range shot.Pages {
		pages = append(pages, sandbox.Page(p))
	}
	return &snapshot.Source{Snapshot: shot, Fallback: decoy.NewPretend(w)}, people, pages, nil
}
