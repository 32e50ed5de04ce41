package mediawiki

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// rounds bounds how often one question is continued: 10,000 rounds of 500 rows are 5 million pages.
const rounds = 10_000

// errStop ends a query early.
var errStop = errors.New("enough")

// query asks action=query and hands over the "query" part of each answer, as often as the API continues it. When yield
// returns errStop the query ends without error.
func query[T any](ctx context.Context, c *Client, v values, yield func(*T) error) error {
	v = maps.Clone(v)
	v["action"] = "query"
	var last map[string]scalar
	for range rounds {
		var answer struct {
			Query    T
			Continue map[string]scalar
		}
		if err := c.ask(ctx, v, "", &answer); err != nil {
			return err
		}
		if err := yield(&answer.Query); errors.Is(err, errStop) {
			return nil
		} else if err != nil {
			return err
		}
		if len(answer.Continue) == 0 {
			return nil
		}
		if maps.Equal(last, answer.Continue) {
			return fmt.Errorf("ask %s for %s: %w: it continues in circles", c.api, v.subject(), ErrUnavailable)
		}
		for key := range last {
			delete(v, key)
		}
		for key, value := range answer.Continue {
			v[key] = string(value)
		}
		last = answer.Continue
	}
	return fmt.Errorf("ask %s for %s: %w: not at its end after %d rounds", c.api, v.subject(), ErrTooLong, rounds)
}

// scalar is a string that PHP may have written as a number.
type scalar string

// UnmarshalJSON takes a string, or anything else as it is written.
func (s *scalar) UnmarshalJSON(text []byte) error {
	var str string
	if err := json.Unmarshal(text, &str); err != nil {
		str = string(text)
	}
	*s = scalar(str)
	return nil
}

// batches cuts a list into parts the API takes, joined with bars. Items that hold a bar themselves name nothing on any
// wiki and are left out, as are empty ones and repetitions.
func batches(items []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		seen := map[string]bool{"": true}
		items = slices.DeleteFunc(slices.Clone(items), func(s string) bool {
			drop := seen[s] || strings.ContainsAny(s, "|\x1f")
			seen[s] = true
			return drop
		})
		for part := range slices.Chunk(items, batch) {
			if !yield(strings.Join(part, "|")) {
				return
			}
		}
	}
}
