package incident

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Settings are a breaker's numbers. A field that is zero has its default; [Settings.Numbers] says why it is what it is.
type Settings struct {
	DryRun bool // everything is noticed and reported, nothing is held

	Share        float64       // of two texts' fingerprints, from which on they count as one text
	Prints       int           // fingerprints two texts must share at least
	Quick        time.Duration // between serving a script and a write: less than a person needs
	Fresh        time.Duration // for how long a script is new to an account
	Young        int           // accounts a script was served to, up to which nobody knows it yet
	Descent      time.Duration // for how long a step is remembered
	Together     time.Duration // within which what one account does belongs together
	Star         int           // accounts that took in the same script, however slowly
	Converted    float64       // of the accounts it was served to for the first time
	Pressed      int           // steps by pressing a form's button, until they count
	Flood        int           // accounts that save the same text within a minute
	Habit        int           // other people's code pages an account changed on earlier days, from which on that is its habit
	Deletions    int           // deletions, blocks, protections, moves a minute, of an account that never did so many
	Edits        int           // edits a minute, likewise
	Most         int           // of anything a minute, whoever does it, unless it is their habit
	Times        float64       // of an account's own record
	Warm         time.Duration // for how long an account must be known, until a script can be new to it
	Sessions     int           // remembered
	Accounts     int           // remembered
	Scripts      int           // remembered
	PerSession   int           // scripts remembered of one session
	Steps        int           // remembered
	SessionBreak time.Duration // after which what a session was served no longer runs in it
}

// Number is a setting with its reason.
type Number struct {
	Name  string
	Value any
	Why   string
}

// WithDefaults fills in what is not set.
func (s Settings) WithDefaults() Settings {
	s.Share, s.Converted, s.Times = cmp.Or(s.Share, 0.6), cmp.Or(s.Converted, 0.95), cmp.Or(s.Times, 3)
	s.Prints, s.Young, s.Star, s.Pressed, s.Flood, s.Habit = cmp.Or(s.Prints, 12), cmp.Or(s.Young, 20), cmp.Or(s.Star, 15), cmp.Or(s.Pressed, 4), cmp.Or(s.Flood, 60), cmp.Or(s.Habit, 5)
	s.Deletions, s.Edits, s.Most = cmp.Or(s.Deletions, 10), cmp.Or(s.Edits, 30), cmp.Or(s.Most, 200)
	s.Quick, s.Fresh, s.Descent = cmp.Or(s.Quick, 2*time.Second), cmp.Or(s.Fresh, 24*time.Hour), cmp.Or(s.Descent, 7*24*time.Hour)
	s.Together, s.Warm, s.SessionBreak = cmp.Or(s.Together, time.Hour), cmp.Or(s.Warm, 24*time.Hour), cmp.Or(s.SessionBreak, 24*time.Hour)
	s.Sessions, s.Accounts, s.Scripts = cmp.Or(s.Sessions, 50_000), cmp.Or(s.Accounts, 50_000), cmp.Or(s.Scripts, 20_000)
	s.PerSession, s.Steps = cmp.Or(s.PerSession, 64), cmp.Or(s.Steps, 2000)
	return s
}

// number is a setting that can be set.
type number struct {
	name string
	at   any // *float64, *int or *time.Duration
	why  string
}

func (s *Settings) numbers() []number {
	return []number{
		{"share", &s.Share, "a text that was mutated keeps most of its structure: renamed variables and new strings change nothing, a fifth of foreign statements costs a quarter"},
		{"prints", &s.Prints, "idioms that every script begins with share up to eight fingerprints"},
		{"quick", &s.Quick, "a script that writes by itself does so within a second or two; who reads a page and presses a button mostly needs longer"},
		{"fresh", &s.Fresh, "who has run a script for days and now moves it to another page of their own is not being infected by it"},
		{"young", &s.Young, "a script that twenty accounts have run is known, and what they do with it is ordinary"},
		{"descent", &s.Descent, "a slow outbreak waits until somebody visits; a week covers those who come at weekends"},
		{"together", &s.Together, "the pages one session infects, it infects in one sitting"},
		{"star", &s.Star, "when all infections come from one place there is no descent to see; fifteen in a row are no coincidence"},
		{"converted", &s.Converted, "of those who try a script on, about half keep it; of those whom an outbreak meets, all"},
		{"pressed", &s.Pressed, "a form sent by pressing its button is most likely a person's; a script can steal clicks, so a few count"},
		{"flood", &s.Flood, "a script that is announced where everybody reads is installed thirty times in its first minute"},
		{"habit", &s.Habit, "who repairs other people's scripts does it again and again"},
		{"deletions", &s.Deletions, "ten a minute is more than a person does without a tool; with a tool that is known, the account's record counts"},
		{"edits", &s.Edits, "tools that ask before each edit stay below thirty a minute"},
		{"most", &s.Most, "MediaWiki's own mass tools and batch gadgets stay below two hundred a minute"},
		{"times", &s.Times, "an account may grow beyond its own record, not by an order of magnitude at once"},
		{"warm", &s.Warm, "of an account that the breaker has just met it cannot tell which scripts are new to it; a day later it can"},
		{"sessions", &s.Sessions, "memory: about 200 bytes and 24 a script for each"},
		{"accounts", &s.Accounts, "memory: about 300 bytes each"},
		{"scripts", &s.Scripts, "memory: half a kilobyte each, at most 8 kB"},
		{"per_session", &s.PerSession, "memory: a page loads a few dozen scripts of people"},
		{"steps", &s.Steps, "memory; steps are rare, and each is compared with all"},
		{"session_break", &s.SessionBreak, "what a tab was given runs until it is closed; most are closed within a day"},
	}
}

// Numbers lists the settings with their values and reasons.
func (s Settings) Numbers() []Number {
	s = s.WithDefaults()
	var all []Number
	for _, n := range s.numbers() {
		one := Number{Name: n.name, Why: n.why}
		switch at := n.at.(type) {
		case *float64:
			one.Value = *at
		case *int:
			one.Value = *at
		case *time.Duration:
			one.Value = *at
		}
		all = append(all, one)
	}
	return all
}

// ErrNumber is a setting that does not exist, or a value that it cannot have.
var ErrNumber = errors.New("no such number for the breaker")

// Set sets numbers by their names, as they stand in a settings file: whole numbers, shares such as 0.6, and lengths of time
// such as "2s".
func (s *Settings) Set(values map[string]any) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(s.numbers(), func(n number) bool { return n.name == name })
		if i < 0 {
			errs = append(errs, fmt.Errorf("breaker.numbers.%s: %w; `sallyport breaker status` lists them", name, ErrNumber))
			continue
		}
		if want := set(s.numbers()[i].at, values[name]); want != "" {
			errs = append(errs, fmt.Errorf("breaker.numbers.%s = %v: %w: write %s", name, values[name], ErrNumber, want))
		}
	}
	return errors.Join(errs...)
}

// set puts a value where it belongs, or says what to write instead.
func set(at, value any) (want string) {
	switch at := at.(type) {
	case *float64:
		switch v := value.(type) {
		case float64:
			*at = v
		case int64:
			*at = float64(v)
		}
		if *at <= 0 {
			return "a number above 0, for instance 0.6"
		}
	case *int:
		v, ok := value.(int64)
		if *at = int(v); !ok || v <= 0 {
			return "a whole number above 0"
		}
	case *time.Duration:
		text, _ := value.(string)
		v, err := time.ParseDuration(text)
		if *at = v; err != nil || v <= 0 {
			return "a length of time, for instance \"2s\" or \"24h\""
		}
	}
	return ""
}
