package csp

import (
	"net/netip"
	"strings"
)

// upgrades says whether the page turns http: into https: before policies are asked (Upgrade Insecure Requests §3.3).
func (set Set) upgrades() bool {
	for _, p := range set {
		if !p.ReportOnly && p.Find("upgrade-insecure-requests") != nil {
			return true
		}
	}
	return false
}

func (r Request) upgraded() Request {
	if r.Kind > Form || trustworthy(r.URL.Host) {
		return r
	}
	switch r.URL.Scheme {
	case "http":
		r.URL.Scheme = "https"
	case "ws":
		r.URL.Scheme = "wss"
	default:
		return r
	}
	if r.URL.Port == 80 {
		r.URL.Port = 443
	}
	return r
}

// trustworthy hosts are this machine (Secure Contexts §3.1): Chromium leaves them as they are.
func trustworthy(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}
