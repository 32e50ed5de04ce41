package risk

// Keepers are the people who can change what somebody runs: those who can edit the script, and every script that it loads
// unpinned, and those that they load.
type Keepers struct {
	Known  bool `json:"known"`  // every script on the way could be asked for
	Open   bool `json:"open"`   // one of them anybody can edit
	People int  `json:"people"` // different accounts
}

// Kept is one script on the way.
type Kept struct {
	Editors []string // accounts that can edit it, by name
	Open    bool     // anybody can
	Loads   []string // titles of what it loads unpinned
}

// mostScripts bounds how many scripts are asked for.
const mostScripts = 200

// KeepersOf follows a script through all it loads. Circles are walked once. A script that find does not know, as one of another server,
// makes the answer a lower bound: not Known.
func KeepersOf(title string, find func(title string) (Kept, bool)) Keepers {
	k := Keepers{Known: true}
	people, asked := map[string]bool{}, map[string]bool{title: true}
	for todo := []string{title}; len(todo) > 0; todo = todo[1:] {
		script, ok := find(todo[0])
		k.Known = k.Known && ok
		k.Open = k.Open || script.Open
		for _, name := range script.Editors {
			people[name] = true
		}
		for _, next := range script.Loads {
			if asked[next] {
				continue
			}
			if len(asked) == mostScripts {
				k.Known = false
				break
			}
			asked[next] = true
			todo = append(todo, next)
		}
	}
	k.People = len(people)
	return k
}
