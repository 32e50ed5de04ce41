package message

// Told are the words around the notice in which a page tells its reader of scripts, in one language. $1 is a number.
type Told struct {
	Scripts string `json:"scripts"` // how many scripts were not loaded
	Servers string `json:"servers"` // how many servers scripts were kept from
	Runs    string `json:"runs"`    // of how many scripts that run something is to be known
	Close   string `json:"close"`   // the button's
}

// Told gives them. Numbers are left to the page, which knows them when it has come to its end.
func (c *Catalog) Told(lang string) *Told {
	return &Told{
		Scripts: c.Text(lang, "told-scripts", "$1"), Servers: c.Text(lang, "told-servers", "$1"), Runs: c.Text(lang, "told-runs", "$1"),
		Close: c.Text(lang, "told-close"),
	}
}
