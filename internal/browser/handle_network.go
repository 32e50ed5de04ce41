package browser

type initiator struct {
	Type   string      `json:"type"`
	Stack  *stackTrace `json:"stack"`
	URL    string      `json:"url"`
	Line   int         `json:"lineNumber"`
	Column int         `json:"columnNumber"`
}

// origin is the initiator's stack; for the parser, the place in the document.
func (t *target) origin(i *initiator) []Place {
	switch {
	case i == nil:
		return nil
	case i.Stack == nil && i.URL != "":
		return []Place{{URL: i.URL, Line: i.Line + 1, Column: i.Column + 1}}
	}
	return t.places(i.Stack)
}

func (t *target) requestWillBeSent(p struct {
	RequestID   string `json:"requestId"`
	DocumentURL string `json:"documentURL"`
	FrameID     string `json:"frameId"`
	Type        string `json:"type"`
	Request     struct {
		URL      string `json:"url"`
		Method   string `json:"method"`
		PostData string `json:"postData"`
	} `json:"request"`
	Initiator *initiator `json:"initiator"`
}) {
	e := t.event(Request)
	e.URL, e.Method, e.How, e.ID, e.Text = p.Request.URL, p.Request.Method, p.Type, p.RequestID, p.Request.PostData
	e.Document, e.Frame, e.Stack = p.DocumentURL, p.FrameID, t.origin(p.Initiator)
	if p.Initiator != nil {
		e.Name = p.Initiator.Type
	}
	t.context.post.put(e)
}

func (t *target) loadingFailed(p struct {
	RequestID string `json:"requestId"`
	Type      string `json:"type"`
	ErrorText string `json:"errorText"`
	Blocked   string `json:"blockedReason"`
}) {
	e := t.event(Failed)
	e.ID, e.How, e.Text, e.Name = p.RequestID, p.Type, p.ErrorText, p.Blocked
	t.context.post.put(e)
}

func (t *target) webSocketCreated(p struct {
	RequestID string     `json:"requestId"`
	URL       string     `json:"url"`
	Initiator *initiator `json:"initiator"`
}) {
	e := t.event(SocketOpened)
	e.ID, e.URL, e.Stack = p.RequestID, p.URL, t.origin(p.Initiator)
	t.context.post.put(e)
}

func (t *target) webTransportCreated(p struct {
	TransportID string     `json:"transportId"`
	URL         string     `json:"url"`
	Initiator   *initiator `json:"initiator"`
}) {
	e := t.event(WebTransport)
	e.ID, e.URL, e.Stack = p.TransportID, p.URL, t.origin(p.Initiator)
	t.context.post.put(e)
}
