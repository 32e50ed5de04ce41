package gateway

import (
	"bytes"
	"net/http"
	"slices"
)

const (
	permissions = "Permissions-Policy"
	noPasskeys  = "publickey-credentials-create=(), publickey-credentials-get=()"
)

// authentication are the special pages, by their names in MediaWiki and in OATHAuth, on which a wiki itself uses passkeys. A page's
// configuration names them whatever language its address is in; in titles and other text of the page the quotes are escaped.
var authentication = [][]byte{
	[]byte(`"wgCanonicalSpecialPageName":"Userlogin"`),
	[]byte(`"wgCanonicalSpecialPageName":"CreateAccount"`),
	[]byte(`"wgCanonicalSpecialPageName":"AuthenticationPopup"`),
	[]byte(`"wgCanonicalSpecialPageName":"LinkAccounts"`),
	[]byte(`"wgCanonicalSpecialPageName":"ChangeCredentials"`),
	[]byte(`"wgCanonicalSpecialPageName":"RemoveCredentials"`),
	[]byte(`"wgCanonicalSpecialPageName":"OATH"`),
	[]byte(`"wgCanonicalSpecialPageName":"OATHManage"`),
	[]byte(`"wgCanonicalSpecialPageName":"AccountSecurity"`),
	[]byte(`"wgCanonicalSpecialPageName":"WebAuthn"`),
}

// withholdPasskeys keeps scripts of a page from asking for a passkey: people touch their key when a page of the wiki asks. It
// stands beside what the wiki sends; of two words on one feature the later counts (RFC 9651, dictionaries).
func withholdPasskeys(h http.Header) { h.Add(permissions, noPasskeys) }

// allowPasskeys takes that back for the pages on which people log in.
func allowPasskeys(h http.Header, head []byte) {
	head, _, _ = bytes.Cut(head, bodyOpen) // in there people write
	if !slices.ContainsFunc(authentication, func(name []byte) bool { return bytes.Contains(head, name) }) {
		return
	}
	rest := slices.DeleteFunc(h.Values(permissions), func(v string) bool { return v == noPasskeys })
	h.Del(permissions)
	for _, v := range rest {
		h.Add(permissions, v)
	}
}
