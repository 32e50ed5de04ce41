package fakewiki

import (
	"slices"
	"strconv"
	"strings"
)

// allUsers is list=allusers (ApiQueryAllUsers).
func (q *query) allUsers() error {
	from := q.text("aufrom")
	limit := q.limit("aulimit")
	rows := []object{}
	for _, a := range q.w.accounts() {
		if a.Name < from || !strings.HasPrefix(a.Name, q.text("auprefix")) || q.has("auto") && a.Name > q.text("auto") {
			continue
		}
		if group := q.list("augroup"); group != nil && !slices.ContainsFunc(a.Groups, func(g string) bool { return slices.Contains(group, g) }) {
			continue
		}
		if len(rows) == limit {
			q.more("aufrom", a.Name)
			break
		}
		rows = append(rows, q.person(a, "auprop"))
	}
	q.out["allusers"] = rows
	return nil
}

// users is list=users by ususers or ususerids (ApiQueryUsers).
func (q *query) users() error {
	rows, invalid := []object{}, []object{}
	for _, name := range q.list("ususers") {
		canonical, ok := q.w.userName(name)
		switch a := q.w.db.byName[canonical]; {
		case !ok:
			invalid = append(invalid, object{"name": name, "invalid": true})
		case a == nil:
			rows = append(rows, object{"name": canonical, "missing": true})
		default:
			rows = append(rows, q.person(a, "usprop"))
		}
	}
	for _, text := range q.list("ususerids") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return apiErrorf("badinteger", "Invalid value \"%s\" for integer parameter \"ususerids\".", text)
		}
		if a := q.w.db.Accounts[id]; a != nil {
			rows = append(rows, q.person(a, "usprop"))
		} else {
			rows = append(rows, object{"userid": id, "missing": true})
		}
	}
	q.out["users"] = append(invalid, rows...)
	return nil
}

func (q *query) person(a *account, prop string) object {
	u := a.word()
	if prop == "auprop" { // this list names the implicit groups first
		u.Groups = append([]string{"*", "user", "autoconfirmed"}, a.Groups...)
	}
	o := object{"userid": u.ID, "name": u.Name}
	asks := func(what string) bool { return q.has(prop) && q.asks(prop, what) }
	if asks("groups") {
		o["groups"] = u.Groups
	}
	if asks("implicitgroups") {
		o["implicitgroups"] = []string{"*", "user", "autoconfirmed"}
	}
	if asks("rights") {
		o["rights"] = u.Rights
	}
	if asks("editcount") {
		o["editcount"] = a.Edits
	}
	if asks("registration") {
		o["registration"] = stamp(a.Registration)
	}
	if asks("gender") {
		o["gender"] = "unknown"
	}
	if asks("emailable") {
		o["emailable"] = false
	}
	return o
}
