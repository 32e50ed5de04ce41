package confirm

import (
	"fmt"
	"html/template"
	"image"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"

	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// codePage is where somebody takes a secret for one-time codes into an app.
type codePage struct {
	store.Invite
	Secret  string // in groups of four
	Picture template.HTML
	Until   int64
}

// newCode shows the secret that becomes the account's once a code was typed.
func (c *origin) newCode(v *visit) error {
	if !c.Desk.TakesCodes() {
		return oops(http.StatusNotFound, "nopage")
	}
	i, err := c.invitation(v)
	if err != nil {
		return err
	}
	until := c.Now().Add(10 * time.Minute).Unix()
	secret := c.Desk.NewCode(i.Token, until)
	issuer := c.words.Text(v.lang, "approvals-for", c.Desk.Site().Name)
	key, err := otp.NewKeyFromURL((&url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + i.User, RawQuery: url.Values{"secret": {secret}, "issuer": {issuer}}.Encode(),
	}).String())
	if err != nil {
		return err
	}
	picture, err := key.Image(300, 300)
	if err != nil {
		return err
	}
	var groups []string
	for s := secret; len(s) > 0; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return c.show(v, http.StatusOK, "code", "code-title", codePage{i, strings.Join(groups, " "), squares(picture, v.say("code-picture")), until})
}

// squares draws a picture of black and white squares as SVG, each stretch of equal rows once.
func squares(picture image.Image, title template.HTML) template.HTML {
	var b strings.Builder
	size := picture.Bounds()
	row := func(y int) (runs [][2]int) {
		for x := size.Min.X; x < size.Max.X; x++ {
			if r, _, _, _ := picture.At(x, y).RGBA(); r > 0x7fff {
				continue
			}
			if n := len(runs); n > 0 && runs[n-1][1] == x {
				runs[n-1][1]++
			} else {
				runs = append(runs, [2]int{x, x + 1})
			}
		}
		return runs
	}
	for y := size.Min.Y; y < size.Max.Y; {
		runs, end := row(y), y+1
		for end < size.Max.Y && slices.Equal(row(end), runs) {
			end++
		}
		for _, r := range runs {
			fmt.Fprintf(&b, "M%d %dH%dV%dH%dz", r[0], y, r[1], end, r[0])
		}
		y = end
	}
	quiet := size.Dx() / 10 // cameras want a light margin, in the dark as well
	//nolint:gosec // G203: numbers of ours, and a message
	return template.HTML(fmt.Sprintf(`<svg class="squares" role="img" viewBox="%d %d %d %d" width="300" height="300"><title>%s</title><path fill="#fff" d="M-999-999h9999v9999h-9999z"/><path fill="#000" d="%s"/></svg>`,
		-quiet, -quiet, size.Dx()+2*quiet, size.Dy()+2*quiet, title, b.String()))
}

// keepCode takes the secret into use.
func (c *origin) keepCode(v *visit) error {
	if !c.Desk.TakesCodes() {
		return oops(http.StatusNotFound, "nopage")
	}
	i, err := c.invitation(v)
	if err != nil {
		return err
	}
	until, err := c.soon(v, time.Hour)
	if err != nil {
		return err
	}
	now := c.Now().UTC().Truncate(time.Second)
	counts, err := c.counts(v.Context(), i, now)
	if err != nil {
		return err
	}
	key, err := c.Desk.AddCode(v.Context(), i, until, label(v.FormValue("label")), counts, attempt(v))
	if err != nil {
		return err
	}
	c.Log.Warn("secret for one-time codes added", "user", key.User, "key", key.ID, "by", i.From, "counts", key.Counts)
	if key.Counts.After(now) {
		return c.tell(v, "key-waits", v.moment(key.Counts))
	}
	return c.tell(v, "code-kept")
}

// approveByCode takes a password and a code in the place of a signature, where that is enough.
func (c *origin) approveByCode(v *visit) error {
	until, err := strconv.ParseInt(v.FormValue("until"), 10, 64)
	if err != nil {
		return oops(http.StatusBadRequest, "form")
	}
	ch, err := c.Desk.ApproveByCode(v.Context(), v.PathValue("id"), time.Unix(until, 0), attempt(v))
	if err != nil {
		c.Log.Warn("approval by password and code refused", "change", v.PathValue("id"), "err", err)
		return err
	}
	http.Redirect(v.w, v.Request, c.back(ch.ID), http.StatusSeeOther)
	return nil
}

func attempt(v *visit) pending.Attempt {
	return pending.Attempt{Password: v.PostFormValue("password"), Code: v.PostFormValue("code"), Prefix: prefix(v.Request)}
}

// prefix is where a request comes from, as coarse as guesses are counted: 256 addresses of IPv4, a /48 of IPv6. A peer on
// loopback or in a private network is a proxy of the operator's, which says last in X-Forwarded-For what it saw.
func prefix(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "nowhere"
	}
	from := peer.Addr().Unmap()
	if from.IsLoopback() || from.IsPrivate() {
		all := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		if said, err := netip.ParseAddr(strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])); err == nil {
			from = said.Unmap()
		}
	}
	bits := 48
	if from.Is4() {
		bits = 24
	}
	p, err := from.WithZone("").Prefix(bits)
	if err != nil {
		return "nowhere"
	}
	return p.String()
}
