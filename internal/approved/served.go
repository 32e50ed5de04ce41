package approved

// Served lists the pages whose texts (Serve) a module is made of as it is served: of one that redirects, the page where it leads.
func (m *Module) Served() (all []Page) {
	if m.Gone {
		return nil
	}
	for _, p := range m.Pages {
		if to, ok := m.targets[p.To]; ok {
			p = to
		}
		if p.Serve != "" {
			all = append(all, p)
		}
	}
	return all
}
