package web

import "sallyport/internal/message"

// Menu returns a function that gives the text of the link to My gadgets in a language, for the personal menu of the wiki's
// own pages.
func Menu() (func(lang string) string, error) {
	words, err := message.Read(messages)
	if err != nil {
		return nil, err
	}
	return func(lang string) string { return words.Text(lang, "my-title") }, nil
}
