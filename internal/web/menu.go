package web

import (
	"time"

	"sallyport/internal/message"
	"sallyport/internal/switches"
)

// Menu returns a function that gives the text of the link to My gadgets in a language, for the personal menu of the wiki's
// own pages.
func Menu() (func(lang string) string, error) {
	words, err := message.Read(messages)
	if err != nil {
		return nil, err
	}
	return func(lang string) string { return words.Text(lang, "my-title") }, nil
}

// Notice returns a function that gives the texts of the notice about a blocked server in a language: with the name of a script
// ($1) and a server ($2), with a server alone ($1), and its link.
func Notice() (func(lang string) [3]string, error) {
	words, err := message.Read(messages)
	if err != nil {
		return nil, err
	}
	return func(lang string) [3]string {
		return [3]string{
			words.Text(lang, "blocked-notice", "$1", "$2"), words.Text(lang, "blocked-notice-some", "$1"), words.Text(lang, "blocked-notice-link"),
		}
	}, nil
}

// Told returns a function that gives the words around every notice in a language.
func Told() (func(lang string) *message.Told, error) {
	words, err := message.Read(messages)
	if err != nil {
		return nil, err
	}
	return words.Told, nil
}

// Stopped returns a function that says in a language that a gadget of a name is switched off, or everything that people wrote is.
func Stopped() (func(lang, name string, by *switches.Switch) string, error) {
	words, err := message.Read(messages)
	if err != nil {
		return nil, err
	}
	return func(lang, name string, by *switches.Switch) string {
		since := by.At.UTC().Format(time.DateOnly)
		if by.Kind == switches.All {
			return words.Text(lang, "stopped-notice-all", since, visible(by.By), visible(by.Reason))
		}
		return words.Text(lang, "stopped-notice", visible(name), since, visible(by.By), visible(by.Reason))
	}, nil
}

// Reload returns a function that says in a language that a page has to be reloaded before a gadget of a name can use the servers
// it was allowed.
func Reload() (func(lang, name string) string, error) {
	words, err := message.Read(messages)
	if err != nil {
		return nil, err
	}
	return func(lang, name string) string { return words.Text(lang, "reload-for", visible(name)) }, nil
}
