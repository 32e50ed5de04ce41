package delivery

import "net/http"

// own answers g/p12/load.php: load.php for one gadget alone. mw.loader asks there under a policy, because Chromium says no
// more of a script that broke it than its path.
func (d *Delivery) own(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("modules") != "ext.usergadget."+r.PathValue("module") {
		http.Error(w, "Only the gadget that the path names is here.", http.StatusNotFound)
		return
	}
	d.load(w, r)
}
