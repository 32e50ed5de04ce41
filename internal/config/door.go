package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Door says which changes wait for an approval, and where it is given.
type Door struct {
	Enabled       bool     `toml:"enabled"`
	ConfirmOrigin string   `toml:"confirm_origin"`
	WikiOrigin    string   `toml:"wiki_origin"`
	KeyFile       string   `toml:"key_file"`
	Sealed        bool     `toml:"sealed"`
	OpenChanges   int      `toml:"open_changes"`
	Popular       int      `toml:"popular"`
	Keep          Duration `toml:"keep"`
	Fresh         Duration `toml:"fresh"`
	Hold          Duration `toml:"hold"`
	KeyDelay      Duration `toml:"key_delay"`
	TOTP          bool     `toml:"totp"`

	Broker             bool                `toml:"broker"`
	BrokerAccount      string              `toml:"broker_account"`
	BrokerPasswordFile string              `toml:"broker_password_file"`
	BrokerTag          string              `toml:"broker_tag"`
	Brokers            map[string][]string `toml:"brokers"`

	Tiers map[string]string `toml:"tiers"`
}

// Duration is a length of time in Go's spelling, for instance "10m".
type Duration time.Duration

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v <= 0 {
		return fmt.Errorf("%q is no length of time: write for instance \"10m\" or \"24h\"", text)
	}
	*d = Duration(v)
	return nil
}

// check reports everything that is wrong with the door's settings.
func (d *Door) check() (errs []error) {
	for _, one := range [][2]string{{"confirm_origin", d.ConfirmOrigin}, {"wiki_origin", d.WikiOrigin}} {
		name, origin := one[0], one[1]
		u, err := url.Parse(origin)
		if origin != "" && (err != nil || u.Host == "" || u.Path != "" || u.Scheme != "http" && u.Scheme != "https") {
			errs = append(errs, fmt.Errorf("write_door.%s = %q: write scheme and host alone, for instance \"https://confirm.example\"", name, origin))
		}
	}
	if d.Popular < 1 {
		errs = append(errs, fmt.Errorf("write_door.popular = %d: write how many people make a gadget popular, at least 1", d.Popular))
	}
	if d.OpenChanges < 1 {
		errs = append(errs, fmt.Errorf("write_door.open_changes = %d: at least one change has to be able to wait", d.OpenChanges))
	}
	for _, tier := range slices.Sorted(maps.Keys(d.Tiers)) {
		policy := d.Tiers[tier]
		if !slices.Contains([]string{"log", "approve", "two-person"}, policy) {
			errs = append(errs, fmt.Errorf("write_door.tiers.%s = %q: write \"log\", \"approve\" or \"two-person\"", tier, policy))
		}
	}
	if d.Broker && (d.BrokerAccount == "" || d.BrokerPasswordFile == "") {
		errs = append(errs, errors.New("write_door.broker: name the account that saves (broker_account) and the file with what it logs in with (broker_password_file)"))
	}
	if d.ConfirmOrigin != "" && d.WikiOrigin != "" {
		if err := Apart(d.WikiOrigin, d.ConfirmOrigin); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Confirm is the origin where approvals are given, when it is not set: browsers take keys at "localhost" without TLS.
func (c *Config) Confirm() string {
	if c.WriteDoor.ConfirmOrigin != "" {
		return c.WriteDoor.ConfirmOrigin
	}
	_, port, err := net.SplitHostPort(c.ConfirmListen)
	if err != nil {
		return ""
	}
	return "http://localhost:" + port
}

// Apart says why a wiki's scripts could reach the origin where approvals are given: passkeys belong to hosts, whatever the
// port, and a page may ask for those of every domain above its own.
func Apart(wiki, confirm string) error {
	w, err := url.Parse(wiki)
	if err != nil {
		return fmt.Errorf("write_door.wiki_origin: %w", err)
	}
	c, err := url.Parse(confirm)
	if err != nil {
		return fmt.Errorf("write_door.confirm_origin: %w", err)
	}
	inner, outer := strings.ToLower(w.Hostname()), strings.ToLower(c.Hostname())
	if _, err := netip.ParseAddr(outer); err == nil {
		return fmt.Errorf("write_door.confirm_origin is %s: passkeys need a host name", confirm)
	}
	if inner == outer || strings.HasSuffix(inner, "."+outer) {
		return fmt.Errorf("write_door.confirm_origin: the wiki at %s could use the keys of %s; approvals need a host that is neither the wiki's nor a domain above it", wiki, confirm)
	}
	return nil
}
