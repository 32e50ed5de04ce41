package gateway

import (
	"encoding/json"
	"net/http"
	"regexp"

	"sallyport/internal/approved"
)

// localSource is where mw.loader's registry says that the wiki's own modules come from (StartUpModule::getModuleRegistrations); the code
// of mw.loader itself, in the same file, has no such call.
var localSource = regexp.MustCompile(`(mw\.loader\.addSource\(\s*\{\s*"local"\s*:\s*)"(?:[^"\\]|\\.)*"`)

// ownStartup answers mw.loader's registry for an account that tries texts: with the versions that modules have for it, and with our
// address for the wiki's.
func (b *batch) ownStartup(w http.ResponseWriter) error {
	out := b.r.Clone(b.r.Context())
	out.Method = http.MethodGet
	whole(out)
	answer, err := fetched(b.next, out)
	if err != nil {
		return err
	}
	if answer.status == http.StatusOK {
		text := answer.body.Bytes()
		if b.view.Debug == 0 {
			pins, err := b.pinsOf(b.r.Context(), b.book, approved.View{Skin: b.view.Skin})
			if err != nil {
				return err
			}
			text = register(text, pins)
		}
		address, err := json.Marshal(b.trial.loads)
		if err != nil {
			return err
		}
		text = localSource.ReplaceAllFunc(text, func(found []byte) []byte {
			return append(append([]byte(nil), localSource.FindSubmatch(found)[1]...), address...)
		})
		answer = altered(answer.header, text)
	}
	send(w, b.r, answer)
	return nil
}
