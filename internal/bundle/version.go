package bundle

import (
	"crypto/sha256"
	"math/big"
	"strconv"
	"strings"
)

// hashLength is the number of base-36 digits kept: 129 bits. Whoever can choose both texts finds two with the same short
// token in seconds (2^25 tries for ten digits), and could then swap code under a version that caches already trust.
const hashLength = 25

// Hash gives a token for content that may stand in "name@version": lower-case letters and digits only, and different for
// different content even when somebody tries to make it equal.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	s := new(big.Int).SetBytes(sum[:]).Text(36)
	return (strings.Repeat("0", 50) + s)[len(s):][:hashLength]
}

// FNV is MediaWiki's hash for versions: FNV-1 with 32 bits in base 36, padded to five digits, then the first five
// (ResourceLoader::makeHash; mediawiki.loader.js, fnv132). It guards against accidents only.
func FNV(s string) string {
	h := uint32(0x811c9dc5)
	for i := 0; i < len(s); i++ {
		h *= 0x01000193
		h ^= uint32(s[i])
	}
	text := strconv.FormatUint(uint64(h), 36)
	if len(text) < 5 {
		text = strings.Repeat("0", 5-len(text)) + text
	}
	return text[:5]
}

// CombinedVersion is the version= of a request for several modules, given their versions in packed order
// (ResourceLoader::getCombinedVersion).
func CombinedVersion(versions []string) string {
	return FNV(strings.Join(versions, ""))
}
