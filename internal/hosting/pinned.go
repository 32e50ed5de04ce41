package hosting

import (
	"regexp"
	"strings"
)

// Pinned says whether an address names one version, one commit or one revision.
func Pinned(address string) bool { return pin.MatchString(strings.ToLower(address)) }

var pin = regexp.MustCompile(`[@/_.-]v?\d+\.\d+\.\d+|\b[0-9a-f]{40}\b|[?&]oldid=\d`)
