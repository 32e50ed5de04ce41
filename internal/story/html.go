package story

import (
	"bytes"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/output"
	"sallyport/internal/trace"
)

var (
	//go:embed *.tmpl
	pageFiles embed.FS
	//go:embed html.css
	pageStyle string
	page      = template.Must(template.New("").Funcs(template.FuncMap{
		"visible": output.Visible, "heading": heading, "condition": condition, "certainty": certainty, "sent": sent, "loaded": loaded,
		"word": func(v trace.Verdict) string { return strings.ReplaceAll(string(v), " ", "-") }, "run": firstRun,
		"texts": textSays, "running": runningSays,
	}).ParseFS(pageFiles, "*.tmpl"))
)

// Picture is what a page looked like, as PNG.
type Picture struct {
	Caption string
	PNG     []byte
}

// maxPicture is the size above which a picture is left out.
const maxPicture = 4 << 20

// Options say what a page shows besides the report.
type Options struct {
	Pictures map[string][]Picture // of each script, by its path: before and after
	Excerpt  map[string]string    // the text of each script, by its path: lines with findings are shown
}

// view is what every page begins with.
type view struct {
	CSP   string
	Style template.CSS
}

func newView(pictures bool) view {
	style := output.Style() + pageStyle
	return view{output.Policy(style, pictures), template.CSS(style)} //nolint:gosec // our own style sheet
}

// HTML writes one page that holds everything it shows, asks for nothing and runs nothing.
func HTML(w io.Writer, d *trace.Document, o Options) error {
	picture, err := contacts(d).HTML()
	if err != nil {
		return err
	}
	v := struct {
		view
		Sum     string
		Picture template.HTML
		Scripts []script
	}{newView(true), tally(d), picture, nil}
	for _, r := range d.Runs {
		v.Scripts = append(v.Scripts, scriptOf(r, d.Isolation, o))
	}
	return page.ExecuteTemplate(w, "detonate", v)
}

// script is what the templates show of a report.
type script struct {
	*trace.Report
	Evidence string
	Scenes   []trace.Scene
	Pictures []picture
	Findings []shown
}

type picture struct {
	Caption string
	Source  template.URL
}

// shown is a finding with its line.
type shown struct {
	*trace.Finding
	Code string
}

func scriptOf(r *trace.Report, isolation string, o Options) script {
	s := script{Report: r, Evidence: evidence(r, isolation), Scenes: scenes(r)}
	for _, p := range o.Pictures[r.Path] {
		if len(p.PNG) <= maxPicture && bytes.HasPrefix(p.PNG, []byte("\x89PNG\r\n\x1a\n")) {
			source := template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG)) //nolint:gosec // base64 of our own screenshot
			s.Pictures = append(s.Pictures, picture{p.Caption, source})
		}
	}
	text := o.Excerpt[r.Path]
	lines := finding.NewLines(text)
	for i := range r.Findings {
		f := &r.Findings[i]
		row := shown{Finding: f}
		at := f.Line
		if f.Gate != nil && f.Gate.Line > 0 {
			at = f.Gate.Line
		}
		if text != "" && at > 0 && at <= lines.Count() {
			start, end := lines.Bounds(at)
			row.Code = short(strings.TrimSpace(text[start:min(end, start+400)]), 160)
		}
		s.Findings = append(s.Findings, row)
	}
	return s
}
