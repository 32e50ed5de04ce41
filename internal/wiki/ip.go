package wiki

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	ipv4Address = regexp.MustCompile(`^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$`)
	ipv6Words   = regexp.MustCompile(`^[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*$`)
)

// canonicalIP gives an address or a range the one spelling MediaWiki keeps pages under, and leaves everything else as it
// is: 127.000.0.1 becomes 127.0.0.1 and ::1 becomes 0:0:0:0:0:0:0:1 (IPUtils::sanitizeIP).
func canonicalIP(key string) string {
	address, prefix, isRange := strings.Cut(key, "/")
	out, bits := canonicalIPv4(address), 32
	if out == "" {
		out, bits = canonicalIPv6(address), 128
	}
	if out == "" || isRange && !isPrefix(prefix, bits) {
		return key
	}
	if isRange {
		return out + "/" + prefix
	}
	return out
}

func isPrefix(digits string, bits int) bool {
	n, err := strconv.ParseUint(digits, 10, 8)
	return err == nil && n <= uint64(bits) && digits == strconv.FormatUint(n, 10)
}

func canonicalIPv4(address string) string {
	m := ipv4Address.FindStringSubmatch(address)
	if m == nil {
		return ""
	}
	for i, octet := range m[1:] {
		n, err := strconv.Atoi(octet)
		if err != nil || n > 255 {
			return ""
		}
		m[i+1] = strconv.Itoa(n)
	}
	return strings.Join(m[1:], ".")
}

func canonicalIPv6(address string) string {
	left, right, gap := strings.Cut(address, "::")
	words := append(ipWords(left), ipWords(right)...)
	missing := 8 - len(words)
	if !validIPWords(left) || !validIPWords(right) || missing < 0 || gap != (missing > 0) {
		return ""
	}
	for i, w := range words {
		words[i] = strings.ToUpper(strings.TrimLeft(w[:len(w)-1], "0") + w[len(w)-1:])
	}
	at := len(ipWords(left))
	zeros := strings.Split(strings.TrimSuffix(strings.Repeat("0,", missing), ","), ",")
	if missing == 0 {
		zeros = nil
	}
	return strings.Join(append(append(words[:at:at], zeros...), words[at:]...), ":")
}

func validIPWords(s string) bool { return s == "" || ipv6Words.MatchString(s) }

func ipWords(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ":")
}
