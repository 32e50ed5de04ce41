// Package passkey checks signatures of people and of machines: WebAuthn registrations and assertions of exactly one
// origin, and Ed25519 signatures of SSH keys. It keeps nothing and asks nobody; the same check serves the moment of an
// approval and whoever reads the log years later.
package passkey

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// ErrRefused is a signature that does not hold.
var ErrRefused = errors.New("the signature does not hold")

// maxResponse bounds what a browser sends, in bytes: a response has some hundred.
const maxResponse = 64 << 10

// Site is where keys are used: one origin, whose exact host is the relying party's id. A parent domain would let every
// sibling ask for the same keys.
type Site struct {
	Origin string // for instance "https://confirm.example"
	Host   string // for instance "confirm.example"
}

// NewSite reads an origin.
func NewSite(origin string) (Site, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		return Site{}, fmt.Errorf("%q is not an origin: write scheme and host, for instance \"https://confirm.example\"", origin)
	}
	return Site{Origin: u.Scheme + "://" + u.Host, Host: u.Hostname()}, nil
}

// Credential is a new key.
type Credential struct {
	ID     string // unpadded URL-safe base64
	Public []byte // COSE key
}

// Register checks the answer of navigator.credentials.create, as PublicKeyCredential.toJSON writes it. The user must have
// been verified. Who made the key is not asked (attestation is not looked at).
func (s Site) Register(challenge, response []byte) (Credential, error) {
	if len(response) > maxResponse {
		return Credential{}, fmt.Errorf("%w: the answer is too long", ErrRefused)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return Credential{}, refused(err)
	}
	params := []protocol.CredentialParameter{}
	for _, alg := range Algorithms() {
		params = append(params, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.COSEAlgorithmIdentifier(alg)})
	}
	if _, err := parsed.Verify(encode(challenge), s.Host, []string{s.Origin}, nil, nil, protocol.TopOriginImplicitVerificationMode, false,
		true, true, nil, params, protocol.AttestationPolicy{}, protocol.SignaturePolicy{}); err != nil {
		return Credential{}, refused(err)
	}
	data := parsed.Response.AttestationObject.AuthData.AttData
	return Credential{ID: encode(data.CredentialID), Public: data.CredentialPublicKey}, nil
}

// Algorithms are the COSE numbers of the signatures taken: ES256, EdDSA, RS256.
func Algorithms() []int { return []int{-7, -8, -257} }

// Assertion is a signature by a passkey, as it is kept.
type Assertion struct {
	KeyID      string `json:"key"`
	AuthData   []byte `json:"auth_data"`
	ClientData []byte `json:"client_data"`
	Signature  []byte `json:"signature"`
}

// Parse reads the answer of navigator.credentials.get, as PublicKeyCredential.toJSON writes it. Nothing is checked yet.
func Parse(response []byte) (Assertion, error) {
	if len(response) > maxResponse {
		return Assertion{}, fmt.Errorf("%w: the answer is too long", ErrRefused)
	}
	p, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return Assertion{}, refused(err)
	}
	raw := p.Raw.AssertionResponse
	return Assertion{encode(p.RawID), raw.AuthenticatorData, raw.ClientDataJSON, raw.Signature}, nil
}

// Check says whether an assertion is a verified user's signature over a challenge, made at this site with this key.
func (s Site) Check(challenge, public []byte, a Assertion) error {
	response := fmt.Sprintf(`{"id":%q,"rawId":%q,"type":"public-key","response":{"authenticatorData":%q,"clientDataJSON":%q,"signature":%q}}`,
		a.KeyID, a.KeyID, encode(a.AuthData), encode(a.ClientData), encode(a.Signature))
	p, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return refused(err)
	}
	if err := p.Verify(encode(challenge), s.Host, "", []string{s.Origin}, nil, nil, protocol.TopOriginImplicitVerificationMode, false,
		true, true, public, protocol.SignaturePolicy{}); err != nil {
		return refused(err)
	}
	return nil
}

// UserHandle names an account to authenticators: 32 bytes that say nothing about it.
func UserHandle(wiki string, userID int64) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "sallyport user 1\n%s\n%d", wiki, userID))
	return sum[:]
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// refused keeps what the library says about details.
func refused(err error) error {
	var e *protocol.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%w: %s", ErrRefused, e.Details)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}
