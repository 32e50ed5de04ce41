package fakewiki

func (w *Wiki) load(q *request) *reply               { return plainReply(404, "") }
func (w *Wiki) versionOf(module, user string) string { return "" }
func pack(names []string) string                     { return names[0] }
