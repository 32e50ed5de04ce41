package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"sallyport/internal/config"
	"sallyport/internal/libs"
)

type libsCommand struct {
	List   libsList   `cmd:"" help:"What the mirror holds, each with the line to use it."`
	Search libsSearch `cmd:"" help:"The libraries that have all of these words in their name, description or keywords."`
	Add    libsAdd    `cmd:"" help:"Look into npm tarballs and copy them into the mirror. Nothing is fetched: npm pack NAME does that."`
}

// aMirror names the folder of tarballs.
type aMirror struct {
	Config string `help:"The settings file, whose libs.folder is meant." type:"path" xor:"where" required:""`
	Folder string `help:"The folder of tarballs." type:"path" xor:"where" required:""`
}

func (m aMirror) folder() (folder, origin string, err error) {
	if m.Folder != "" {
		return m.Folder, "", nil
	}
	settings, err := config.Load(m.Config)
	if err != nil {
		return "", "", err
	}
	if settings.Libs.Folder == "" {
		return "", "", fmt.Errorf("%s names no folder: set libs.folder, or give --folder", m.Config)
	}
	return settings.Libs.Folder, settings.WriteDoor.WikiOrigin, nil
}

type libsOutput struct {
	aMirror
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

type libsList struct{ libsOutput }

func (c libsList) Run(s streams) error { return c.tell(s, "") }

type libsSearch struct {
	libsOutput
	Words []string `arg:"" help:"Words."`
}

func (c libsSearch) Run(s streams) error { return c.tell(s, strings.Join(c.Words, " ")) }

// shelved is a library with how its best file is used.
type shelved struct {
	libs.Library
	Use *libs.Use `json:"use,omitempty"`
}

// tell prints what there is. Tarballs that cannot be read are named, and make the command fail.
func (c libsOutput) tell(s streams, words string) error {
	folder, origin, err := c.folder()
	if err != nil {
		return err
	}
	if _, err := os.ReadDir(folder); err != nil {
		return fmt.Errorf("read the mirror: %w", err)
	}
	m, bad := libs.Open(os.DirFS(folder))
	list := []shelved{}
	for _, l := range m.Search(words) {
		one := shelved{Library: l}
		if f, ok := l.Best(); ok {
			use := l.Use(origin, base+"/libs/", f)
			one.Use = &use
		}
		list = append(list, one)
	}
	if c.Format == "json" {
		e := json.NewEncoder(s.stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		err = e.Encode(map[string]any{"schema": "sallyport.libs/1", "libraries": list})
	} else {
		writeLibs(s.stdout, list)
	}
	if err == nil && len(bad) > 0 {
		return fmt.Errorf("%d of the folder's tarballs cannot be read:\n%w", len(bad), errors.Join(bad...))
	}
	return err
}

func writeLibs(w io.Writer, list []shelved) {
	for _, l := range list {
		fmt.Fprintf(w, "%s %s", l.Name, l.Version)
		if l.License != "" {
			fmt.Fprintf(w, "  (%s)", l.License)
		}
		fmt.Fprintf(w, "  %d files, %d bytes\n", len(l.Files), l.Bytes())
		for _, text := range []string{l.Description, l.Warning} {
			if text != "" {
				fmt.Fprintf(w, "    %s\n", oneLine(text))
			}
		}
		if l.Use != nil {
			fmt.Fprintf(w, "    %s\n    %s\n", l.Use.Line, l.Use.Integrity)
		}
	}
	if len(list) == 0 {
		fmt.Fprintln(w, "Nothing. To add a library: npm pack NAME, then sallyport libs add NAME-VERSION.tgz.")
	}
}

// oneLine is a stranger's text for a terminal: what is no printable character becomes a space.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }), " ")
}

type libsAdd struct {
	aMirror
	Tarballs []string `arg:"" help:"Tarballs." type:"existingfile"`
}

// Run copies what can be read, and nothing over what is there.
func (c libsAdd) Run(s streams) error {
	folder, _, err := c.folder()
	if err != nil {
		return err
	}
	for _, name := range c.Tarballs {
		l, err := libs.Read(os.DirFS(filepath.Dir(name)), filepath.Base(name))
		if err != nil {
			return fmt.Errorf("add %s: %w", name, err)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("add library: %w", err)
		}
		to := filepath.Join(folder, strings.NewReplacer("@", "", "/", "-").Replace(l.Name)+"-"+l.Version+".tgz")
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // the wiki hands it to everybody
		if err != nil {
			return fmt.Errorf("add %s %s: %w", l.Name, l.Version, err)
		}
		_, err = f.Write(text)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("add %s %s: %w", l.Name, l.Version, err)
		}
		fmt.Fprintf(s.stdout, "%s %s is in the mirror; serve sees it when it starts.\n", l.Name, l.Version)
	}
	return nil
}

// mirror opens a folder of npm tarballs for serving.
func mirror(folder string, log *slog.Logger) *libs.Mirror {
	m, errs := libs.Open(os.DirFS(folder))
	for _, err := range errs {
		log.Warn("not in the mirror of libraries", "err", err)
	}
	return m
}
