package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Mail says where mail is handed in, and who is told of alarms.
type Mail struct {
	Server       string   `toml:"server"`
	From         string   `toml:"from"`
	User         string   `toml:"user"`
	PasswordFile string   `toml:"password_file"`
	Operators    []string `toml:"operators"`
}

// Enabled says whether mail is sent.
func (m *Mail) Enabled() bool { return m.Server != "" }

// Password reads the password; empty when nobody logs in.
func (m *Mail) Password() (string, error) {
	if m.User == "" {
		return "", nil
	}
	text, err := os.ReadFile(m.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read mail.password_file: %w", err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	if password == "" {
		return "", errors.New("read mail.password_file: it is empty")
	}
	return password, nil
}

// from makes a relative file one beside the settings.
func (m *Mail) from(settings string) {
	if m.PasswordFile != "" && !filepath.IsAbs(m.PasswordFile) {
		m.PasswordFile = filepath.Join(filepath.Dir(settings), m.PasswordFile)
	}
}

// check reports everything that is wrong with the settings.
func (m *Mail) check() (errs []error) {
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for i, address := range m.Operators {
		if a, err := mail.ParseAddress(address); err != nil || a.Address != address {
			bad("mail.operators: number %d is no address; write for instance \"operators@wiki.example\"", i+1)
		}
	}
	if !m.Enabled() {
		if m.From != "" || m.User != "" || m.PasswordFile != "" || len(m.Operators) > 0 {
			bad("mail.server is empty, so no mail is sent; write for instance \"smtp://mail.example:587\", or remove the other settings of [mail]")
		}
		return errs
	}
	u, err := url.Parse(m.Server)
	if err != nil || u.Hostname() == "" || u.Path != "" || u.User != nil || u.Scheme != "smtp" && u.Scheme != "smtps" {
		bad("mail.server = %q: write \"smtp://HOST:587\" or \"smtps://HOST:465\"", m.Server)
	}
	if a, err := mail.ParseAddress(m.From); err != nil || !strings.Contains(a.Address, ".") {
		bad("mail.from = %q: write for instance \"Sallyport <sallyport@wiki.example>\"", m.From)
	}
	if (m.User == "") != (m.PasswordFile == "") {
		bad("mail.user and mail.password_file belong together")
	}
	return errs
}
