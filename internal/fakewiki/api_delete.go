package fakewiki

// apiDelete is action=delete.
func (w *Wiki) apiDelete(c *apiCall) error {
	t, p, err := w.subject(c, "title", "pageid")
	if err != nil {
		return err
	}
	if p == nil {
		return apiErrorf("missingtitle", "The page you specified doesn't exist.")
	}
	if d := w.mayDelete(&c.user, t); d != nil {
		return d
	}
	reason := c.or("reason", deleteReason(p))
	c.result["delete"] = object{"title": w.prefixed(t), "reason": reason, "logid": w.remove(p, c.user.Name, reason)}
	return nil
}

// deleteReason is what is noted when nobody gave a reason (ContentHandler::getAutoDeleteReason).
func deleteReason(p *page) string {
	text := p.current().Text
	if text == "" {
		return "content before blanking was: \"\""
	}
	reason := "content was: \"" + excerpt(text, 150) + "\""
	who := p.Revisions[0].User
	for _, r := range p.Revisions {
		if r.User != who {
			return reason
		}
	}
	return reason + ", and the only contributor was \"[[Special:Contributions/" + who + "|" + who + "]]\" ([[User talk:" + who + "|talk]])"
}
