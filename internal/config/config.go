// Package config reads Sallyport's one settings file and checks it. The commented default is a file, [Default]; whatever
// it does not name does not exist.
package config

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Default is the commented default file, which `sallyport config print` shows.
//
//go:embed default.toml
var Default []byte

// Config is the file's content. What each setting means stands in [Default].
type Config struct {
	Listen         string   `toml:"listen"`
	ConfirmListen  string   `toml:"confirm_listen"`
	TrustedProxies []string `toml:"trusted_proxies"`
	Store          string   `toml:"store"`
	Bus            string   `toml:"bus"`
	LogLevel       string   `toml:"log_level"`
	Wiki           Wiki     `toml:"wiki"`
	Gadgets        Gadgets  `toml:"gadgets"`
	WriteDoor      Door     `toml:"write_door"`
	Analysis       Analysis `toml:"analysis"`
	Mail           Mail     `toml:"mail"`
	Breaker        Breaker  `toml:"breaker"`
	Watch          Watch    `toml:"watch"`
	Policy         Policy   `toml:"policy"`
	Libs           Libs     `toml:"libs"`
	Entry          Entry    `toml:"entry"`
	Approved       Approved `toml:"approved"`
	Exposure       Exposure `toml:"exposure"`
}

// Libs says where the mirror of libraries is.
type Libs struct {
	Folder string `toml:"folder"`
}

// Wiki says where the MediaWiki is.
type Wiki struct {
	URL        string `toml:"url"`
	ScriptPath string `toml:"script_path"`
}

// Gadgets says what counts as a definition.
type Gadgets struct {
	Suffixes []string `toml:"suffixes"`
	// Publishers are the groups whose members' gadgets are handed out; empty: everybody's.
	Publishers []string `toml:"publishers"`
}

// Analysis says who reads and runs scripts, how, and how many at once.
type Analysis struct {
	Jobs     int      `toml:"jobs"`
	Detonate bool     `toml:"detonate"`
	Tier     string   `toml:"tier"`
	Rules    []string `toml:"rules"`
}

// Load reads a file over the default and checks the result. Every mistake is reported at once.
func Load(path string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	c, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, rules := range c.Analysis.Rules {
		if !filepath.IsAbs(rules) {
			c.Analysis.Rules[i] = filepath.Join(filepath.Dir(path), rules)
		}
	}
	c.Bus = beside(c.Bus, c.Store)
	c.Mail.from(path)
	c.Entry.from(path)
	return c, nil
}

// beside puts the bus's folder where the store's file is, unless it is said to be elsewhere.
func beside(bus, store string) string {
	folder, embedded := strings.CutPrefix(bus, "embedded:")
	file, ok := strings.CutPrefix(store, "sqlite:")
	if !embedded || !ok || folder == "" || filepath.IsAbs(folder) {
		return bus
	}
	return "embedded:" + filepath.Join(filepath.Dir(file), folder)
}

// Parse reads a file's text over the default and checks the result.
func Parse(text []byte) (*Config, error) {
	c := &Config{}
	for _, layer := range [][]byte{Default, text} {
		d := toml.NewDecoder(bytes.NewReader(layer)).DisallowUnknownFields()
		if err := d.Decode(c); err != nil {
			var unknown *toml.StrictMissingError
			if errors.As(err, &unknown) {
				return nil, fmt.Errorf("settings that do not exist:\n%s", unknown.String())
			}
			var syntax *toml.DecodeError
			if errors.As(err, &syntax) {
				return nil, errors.New(syntax.String())
			}
			return nil, err
		}
	}
	return c, c.Check()
}

// Check reports everything that is wrong with the settings, joined.
func (c *Config) Check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for name, addr := range map[string]string{"listen": c.Listen, "confirm_listen": c.ConfirmListen} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			bad("%s = %q: write HOST:PORT, for instance \"127.0.0.1:8080\"", name, addr)
		}
	}
	if c.Listen == c.ConfirmListen && !strings.HasSuffix(c.Listen, ":0") {
		bad("confirm_listen is the same as listen: approvals need an origin of their own, where no user code runs")
	}
	if u, err := url.Parse(c.Wiki.URL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || (u.Path != "" && u.Path != "/") {
		bad("wiki.url = %q: write the scheme and host alone, for instance \"http://127.0.0.1:8090\"; a path goes into wiki.script_path", c.Wiki.URL)
	}
	if p := c.Wiki.ScriptPath; p != "" && (!strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/")) {
		bad("wiki.script_path = %q: begin with a slash and end without one, for instance \"/w\"; empty for the root", p)
	}
	if !strings.HasPrefix(c.Store, "sqlite:") && !strings.HasPrefix(c.Store, "postgres://") && !strings.HasPrefix(c.Store, "postgresql://") {
		bad("store: begin with \"sqlite:\" or \"postgres://\"")
	}
	if !strings.HasPrefix(c.Bus, "embedded:") && !strings.HasPrefix(c.Bus, "nats://") && !strings.HasPrefix(c.Bus, "tls://") {
		bad("bus: begin with \"embedded:\" or \"nats://\"")
	}
	if c.Analysis.Jobs < 0 {
		bad("analysis.jobs = %d: write 0 or more", c.Analysis.Jobs)
	}
	if !slices.Contains([]string{"quick", "standard", "deep"}, c.Analysis.Tier) {
		bad("analysis.tier = %q: write quick, standard or deep", c.Analysis.Tier)
	}
	if _, err := c.Level(); err != nil {
		bad("log_level = %q: write debug, info, warn or error", c.LogLevel)
	}
	if len(c.Gadgets.Suffixes) == 0 {
		bad("gadgets.suffixes is empty: name at least one, for instance \".gadget\"")
	}
	for _, s := range c.Gadgets.Suffixes {
		if len(s) < 2 || s[0] != '.' || strings.ContainsAny(s, "/#<>[]|{} _") {
			bad("gadgets.suffixes has %q: begin with a dot and use only what may end a title", s)
		}
		for _, code := range []string{".js", ".css"} {
			if s == code {
				bad("gadgets.suffixes has %q: MediaWiki keeps that ending for scripts and style sheets", s)
			}
		}
	}
	if slices.Contains(c.Gadgets.Publishers, "") {
		bad("gadgets.publishers names a group without a name")
	}
	if _, err := c.Proxies(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, c.WriteDoor.check()...)
	errs = append(errs, c.Policy.check()...)
	errs = append(errs, c.Entry.check()...)
	errs = append(errs, c.Approved.check()...)
	errs = append(errs, c.Exposure.check()...)
	errs = append(errs, c.Breaker.check()...)
	errs = append(errs, c.Mail.check()...)
	errs = append(errs, c.Watch.check()...)
	return errors.Join(errs...)
}

// Level is LogLevel for slog.
func (c *Config) Level() (slog.Level, error) {
	var l slog.Level
	return l, l.UnmarshalText([]byte(c.LogLevel))
}

// Proxies is TrustedProxies, parsed.
func (c *Config) Proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	var errs []error
	for _, s := range c.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if addr, single := netip.ParseAddr(s); single == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("trusted_proxies has %q: write an address or a CIDR range, for instance \"10.0.0.0/8\"", s))
		}
		all = append(all, p)
	}
	return all, errors.Join(errs...)
}
