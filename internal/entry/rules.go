package entry

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"

	"github.com/pelletier/go-toml/v2"
)

// Default is the rule file that applies when the operator gives none, commented: for a cautious wiki.
//
//go:embed default.toml
var Default []byte

// maxFile bounds a rule file, in bytes.
const maxFile = 1 << 20

// Rules is a checked rule file. It is safe for use by many at once.
type Rules struct {
	list []Rule
}

// Read reads a rule file. The error lists every mistake, each with the rule's number and name; there are no rules then.
func Read(text []byte) (*Rules, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("the file is longer than %d bytes", maxFile)
	}
	var file struct {
		Rule []Rule `toml:"rule"`
	}
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&file); err != nil {
		return nil, readable(err)
	}
	if len(file.Rule) > maxRules {
		return nil, fmt.Errorf("there are %d rules, at most %d", len(file.Rule), maxRules)
	}
	var errs []error
	first := map[string]int{}
	for i := range file.Rule {
		r := &file.Rule[i]
		if err := r.check(); err != nil {
			errs = append(errs, fmt.Errorf("rule %d (%s):\n%w", i+1, r.Name, err))
		}
		if n := first[r.Name]; n > 0 {
			errs = append(errs, fmt.Errorf("rule %d (%s): rule %d has that name already", i+1, r.Name, n))
		}
		first[r.Name] = i + 1
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &Rules{list: file.Rule}, nil
}

// readable is a decoder's error with the place in the text.
func readable(err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		return fmt.Errorf("conditions that do not exist:\n%s", unknown.String())
	}
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		return errors.New(syntax.String())
	}
	return err
}

// Len is how many rules there are.
func (rs *Rules) Len() int { return len(rs.list) }

// Decide says what becomes of one use of a script. Where no rule fits it is refused: a rule set ends with a rule for the rest.
func (rs *Rules) Decide(s *Script, u *Use) Decision {
	tier := u.Tier()
	for i := range rs.list {
		if r := &rs.list[i]; r.misfit(s, u, tier) == "" {
			return r.decision(u)
		}
	}
	return Decision{Action: Refuse, Says: "No rule of this wiki says that it may run."}
}

func (r *Rule) decision(u *Use) Decision {
	d := Decision{Action: Action(r.Then), Rule: r.Name, Says: r.Because}
	if d.Action == Confirm && u.Agreed {
		d.Action, d.Asked = Allow, true
	}
	return d
}

// Step is one rule's part in a decision.
type Step struct {
	Rule   string `json:"rule"`
	Then   Action `json:"then"`
	Fits   bool   `json:"fits"`
	Misfit string `json:"misfit,omitempty"` // the first condition that does not hold
}

// Explain is Decide with what each rule had to say. Rules after the one that decides are listed too.
func (rs *Rules) Explain(s *Script, u *Use) (Decision, []Step) {
	tier := u.Tier()
	steps := make([]Step, len(rs.list))
	for i := range rs.list {
		r := &rs.list[i]
		why := r.misfit(s, u, tier)
		steps[i] = Step{Rule: r.Name, Then: Action(r.Then), Fits: why == "", Misfit: why}
	}
	return rs.Decide(s, u), steps
}
