package web

import (
	"net/http"
	"strings"

	"sallyport/internal/registry"
	"sallyport/internal/store"
)

// personPage is somebody's public list, and what they wrote.
type personPage struct {
	Name   string
	Mine   bool
	Cards  []card
	Wrote  []row
	Export string
}

// person shows what anybody has switched on. With .json or .csv behind the name it is data; a name that really ends so
// is asked for with a slash behind it.
func (p *pages) person(v *visit) error {
	name, format := splitFormat(v.PathValue("name"))
	user, err := p.Registry.User(v.Context(), strings.TrimSuffix(name, "/"))
	if err != nil {
		return err
	}
	list, err := p.Registry.Enabled(v.Context(), user)
	if err != nil {
		return err
	}
	if format != "" {
		return p.personTable(v, user, list, format)
	}
	body := personPage{Name: user.Name, Mine: v.me.ID == user.UserID, Export: strings.TrimSuffix(p.personURL(user.Name), "/")}
	for _, e := range list {
		c, err := p.card(v, e, user.Rights)
		if err != nil {
			return err
		}
		c.Switches, c.Wanted = nil, wanted{}
		body.Cards = append(body.Cards, c)
	}
	rows, _, err := p.Registry.List(v.Context(), store.Query{Owner: user.Name, Limit: maxRows})
	if err != nil {
		return err
	}
	body.Wrote = p.rows(rows, nil)
	return p.show(v, "person", http.StatusOK, body)
}

// splitFormat takes ".json" or ".csv" off an address.
func splitFormat(s string) (rest, format string) {
	for _, format := range []string{"json", "csv"} {
		if rest, ok := strings.CutSuffix(s, "."+format); ok && rest != "" {
			return rest, format
		}
	}
	return s, ""
}

type chosenJSON struct {
	ID     int64          `json:"id"`
	State  registry.State `json:"state"`
	Since  string         `json:"since"`
	Title  string         `json:"title,omitempty"`
	Owner  string         `json:"owner,omitempty"`
	Module string         `json:"module,omitempty"`
}

func (p *pages) personTable(v *visit, user store.Account, list []registry.Enabled, format string) error {
	rows := make([]chosenJSON, len(list))
	for i, e := range list {
		rows[i] = chosenJSON{ID: e.Choice.Gadget, State: e.State, Since: stamp(e.Choice.Since)}
		if g := e.Gadget; g != nil {
			rows[i].Title, rows[i].Owner, rows[i].Module = readable(g.Row.Title), g.Row.Owner, g.Module
		}
	}
	if format == "json" {
		return v.json(map[string]any{"schema": "sallyport/user/1", "user": user.Name, "gadgets": rows})
	}
	table := [][]string{{"id", "state", "since", "title", "owner", "module"}}
	for _, r := range rows {
		table = append(table, []string{digits(r.ID), string(r.State), r.Since, r.Title, r.Owner, r.Module})
	}
	return v.csv(table)
}
