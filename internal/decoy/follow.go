package decoy

// written is what a run knows of a page that it wrote.
type written struct{ text, model string }

// maxFollowed bounds the pages that a run is followed over.
const maxFollowed = 200

// follow remembers what is written where, so that a page that is moved or made code afterwards is judged by its text: writing it in a
// harmless place first is no way around.
func (d *Decoy) follow(r *reading, titles []string) {
	if len(titles) == 0 || d.v.Answer == Denied || d.v.Answer == Broken {
		return
	}
	plain := make([]string, len(titles))
	for i, t := range titles {
		plain[i], _ = d.place(t, "")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.wrote) > maxFollowed {
		return
	}
	to, from := plain[0], plain[len(plain)-1]
	page := d.wrote[from]
	switch r.action {
	case "edit", "visualeditoredit":
		page.text = r.text
		page.model = firstOf(r.model, page.model)
		d.wrote[to] = page
	case "changecontentmodel":
		page.model = r.model
		r.text = firstOf(r.text, page.text)
		d.wrote[to] = page
	case "move":
		r.text = firstOf(r.text, page.text)
		d.wrote[to] = page
		delete(d.wrote, from)
	}
}

// modelled is the content model that a page got in this run; "" for none.
func (d *Decoy) modelled(title string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.wrote[title].model
}
