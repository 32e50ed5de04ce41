package delivery

import (
	"context"
	"strings"
	"testing"

	"sallyport/internal/registry"
	"sallyport/internal/store"
)

func TestAPageIsToldWhichGadgetsMayUseServers(t *testing.T) {
	w := newWorld(t, [][2]string{
		{"User:Mara/x.js", "1"}, {"User:Mara/one.gadget", `{"module":{"pages":["/x.js"]}}`}, {"User:Mara/two.gadget", `{"module":{"pages":["/x.js"]}}`},
	})
	w.d = New(Options{
		Gadgets: w.reg, Base: "/sallyport", Reload: func(lang, name string) string { return lang + ": reload for " + name },
		Held: func(_ context.Context, user store.Account) (*registry.Granted, error) {
			if user.Name != "Noor" {
				return &registry.Granted{}, nil
			}
			var g registry.Granted
			for _, name := range []string{"one", "two"} {
				one, err := w.reg.Gadget(t.Context(), w.id(name))
				if err != nil {
					return nil, err
				}
				g.Held = append(g.Held, registry.Held{Gadget: one, Key: name + ".ab"})
			}
			return &g, nil
		},
	})
	for path, want := range map[string]string{
		"/load.php?lang=he&modules=ext.gadgets.userstartup&only=scripts&raw=1&user=Noor": `"held":[{"key":"one.ab","text":"he: reload for one"},{"key":"two.ab","text":"he: reload for two"}]`,
		"/register?lang=en&names=User:Mara/two&user=Noor":                                `"held":[{"key":"two.ab","text":"en: reload for two"}]`,
		"/register?lang=en&names=User:Mara/two&user=Mara":                                "",
		"/register?lang=en&names=User:Mara/two&user=Nobody+at+all":                       "",
		"/register?lang=en&names=User:Mara/two":                                          "",
		"/load.php?modules=ext.gadgets.userstartup&only=scripts&raw=1&user=Mara":         "",
	} {
		got := w.get(path)
		if body := got.Body.String(); got.Code != 200 || want == "" && strings.Contains(body, "held") || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, got.Code, body)
		}
	}
}
