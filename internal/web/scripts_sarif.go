package web

import (
	"sallyport/internal/dossier"
	"sallyport/internal/output"
	"sallyport/internal/store"
)

// scriptsSARIF answers with what reading found in the scripts that an address asks for. It costs more than a table, and says where
// scripts are weak: it is for those who may put that right.
func (p *pages) scriptsSARIF(v *visit) error {
	if err := mayLook(v); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/sarif+json")
	v.w.Header().Set("Content-Disposition", `attachment; filename="scripts.sarif"`)
	log := output.NewSARIF(v.w, output.SARIFOptions{})
	_, err := p.eachScript(v, mostSources, func(x store.Script) error {
		known, err := dossier.Read(v.Context(), p.Scripts.Known, x.Wiki, x.Title, x.Digest)
		if err != nil || known.Script == nil {
			return err
		}
		return log.Script(known.Script)
	})
	if err != nil {
		return err
	}
	return log.Close()
}
