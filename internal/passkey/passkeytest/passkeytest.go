// Package passkeytest is an authenticator in software, for tests: it makes passkeys and signs with them, at whatever origin
// it is told, whether or not a browser would.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"

	"sallyport/internal/passkey"
)

// Flags of authenticator data (WebAuthn §6.1).
const (
	Present  = 0x01
	Verified = 0x04
)

// Key is a passkey.
type Key struct {
	t      testing.TB
	ID     string
	Public []byte // COSE
	key    *ecdsa.PrivateKey
}

// New makes a passkey.
func New(t testing.TB) *Key {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	public := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...)
	public = append(append(public, 0x22, 0x58, 32), point[33:]...)
	return &Key{t, base64.RawURLEncoding.EncodeToString([]byte(rand.Text())), public, key}
}

// Sign makes an assertion over a challenge for an origin, with a host as relying party and these flags.
func (k *Key) Sign(origin, host string, flags byte, challenge []byte) passkey.Assertion {
	k.t.Helper()
	client, err := json.Marshal(map[string]any{
		"type": "webauthn.get", "challenge": base64.RawURLEncoding.EncodeToString(challenge), "origin": origin, "crossOrigin": false,
	})
	if err != nil {
		k.t.Fatal(err)
	}
	party := sha256.Sum256([]byte(host))
	data := append(party[:], flags, 0, 0, 0, 1)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.key, sum[:])
	if err != nil {
		k.t.Fatal(err)
	}
	return passkey.Assertion{KeyID: k.ID, AuthData: data, ClientData: client, Signature: signature}
}

// JSON spells an assertion as PublicKeyCredential.toJSON does.
func JSON(a passkey.Assertion) string {
	e := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf(`{"id":%q,"rawId":%q,"type":"public-key","response":{"authenticatorData":%q,"clientDataJSON":%q,"signature":%q}}`,
		a.KeyID, a.KeyID, e(a.AuthData), e(a.ClientData), e(a.Signature))
}

// Create answers navigator.credentials.create, as PublicKeyCredential.toJSON spells it (WebAuthn §6.5, attestation "none").
func (k *Key) Create(origin, host string, challenge []byte) string {
	k.t.Helper()
	e := base64.RawURLEncoding.EncodeToString
	client, err := json.Marshal(map[string]any{"type": "webauthn.create", "challenge": e(challenge), "origin": origin, "crossOrigin": false})
	if err != nil {
		k.t.Fatal(err)
	}
	id, err := base64.RawURLEncoding.DecodeString(k.ID)
	if err != nil {
		k.t.Fatal(err)
	}
	party := sha256.Sum256([]byte(host))
	data := append(party[:], Present|Verified|0x40, 0, 0, 0, 0)
	data = append(data, make([]byte, 16)...)
	data = append(data, byte(len(id)>>8), byte(len(id)))
	data = append(append(data, id...), k.Public...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), byte(len(data)>>8), byte(len(data)))
	object = append(object, data...)
	return fmt.Sprintf(`{"id":%q,"rawId":%q,"type":"public-key","response":{"attestationObject":%q,"clientDataJSON":%q}}`, k.ID, k.ID, e(object), e(client))
}
