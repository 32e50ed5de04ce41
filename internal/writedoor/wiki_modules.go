package writedoor

import (
	"context"
	"encoding/json"
	"strings"
)

// Module asks action=paraminfo, and remembers.
func (a *Asking) Module(ctx context.Context, action string) (Module, error) {
	if _, err := a.Site(ctx); err != nil {
		return Module{}, err
	}
	a.mu.Lock()
	m, ok := a.modules[action]
	a.mu.Unlock()
	if ok {
		return m, nil
	}
	if !plainModule(action) {
		return Module{}, nil
	}
	var answer struct {
		ParamInfo struct {
			Modules []struct{ Name, WriteRights, MustBePosted json.RawMessage }
		}
	}
	if err := a.into(ctx, &answer, map[string]string{"action": "paraminfo", "modules": action}); err != nil {
		return Module{}, err
	}
	if rows := answer.ParamInfo.Modules; len(rows) == 1 {
		m = Module{Exists: true, Writes: isTrue(rows[0].WriteRights), MustBePosted: isTrue(rows[0].MustBePosted)}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.modules) < 1000 {
		a.modules[action] = m
	}
	return m, nil
}

// plainModule keeps questions to names a module can have; "a+b" and "a|b" would ask about others.
func plainModule(action string) bool {
	return len(action) < 100 && !strings.ContainsFunc(action, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}

// isTrue reads a flag that is true, or in older versions an empty string.
func isTrue(raw json.RawMessage) bool { return raw != nil && string(raw) != "false" }
