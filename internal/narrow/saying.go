package narrow

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Saying is a sentence by its name, with what stands in it. Names stay; texts may change.
type Saying struct {
	Key    string `json:"key"`              // one of [Keys]
	Params []any  `json:"params,omitempty"` // strings out of policies and reports, ints that count, times for days
}

func say(key string, params ...any) Saying { return Saying{key, params} }

// IsZero says that there is nothing to say.
func (s Saying) IsZero() bool { return s.Key == "" }

// String is the sentence in English, as commands print it.
func (s Saying) String() string {
	text := sentences[s.Key]
	pairs := make([]string, 0, 2*len(s.Params))
	for i, p := range s.Params {
		said := fmt.Sprint(p)
		if t, ok := p.(time.Time); ok {
			said = t.Format(time.DateOnly)
		}
		pairs = append(pairs, "$"+strconv.Itoa(i+1), said)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Keys are the names of all sentences, in order.
func Keys() []string { return slices.Sorted(maps.Keys(sentences)) }
