package delivery

import (
	"net/http"

	"sallyport/internal/store"
)

// own answers g/p12/load.php: load.php for one gadget alone. mw.loader asks there under a policy, because Chromium says no
// more of a script that broke it than its path; and with the name of a set of texts in the path for somebody who stays on those.
func (d *Delivery) own(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("modules") != "ext.usergadget."+r.PathValue("module") {
		http.Error(w, "Only the gadget that the path names is here.", http.StatusNotFound)
		return
	}
	d.answer(w, r, store.Digest(r.PathValue("set")))
}
