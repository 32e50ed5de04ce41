package passkey_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"testing"

	"golang.org/x/crypto/ssh"

	"sallyport/internal/passkey"
	"sallyport/internal/passkey/passkeytest"
)

func site(t *testing.T) passkey.Site {
	t.Helper()
	s, err := passkey.NewSite("https://confirm.test")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASignatureHoldsForItsChallengeKeyAndOriginAlone(t *testing.T) {
	s, k, other := site(t), passkeytest.New(t), passkeytest.New(t)
	challenge := []byte("0123456789abcdef0123456789abcdef")
	const good = passkeytest.Present | passkeytest.Verified
	if err := s.Check(challenge, k.Public, k.Sign(s.Origin, s.Host, good, challenge)); err != nil {
		t.Errorf("a good signature: %v", err)
	}
	for name, a := range map[string]passkey.Assertion{
		"another origin":      k.Sign("https://wiki.test", s.Host, good, challenge),
		"another port":        k.Sign("https://confirm.test:8443", s.Host, good, challenge),
		"another scheme":      k.Sign("http://confirm.test", s.Host, good, challenge),
		"the parent domain":   k.Sign(s.Origin, "test", good, challenge),
		"user not verified":   k.Sign(s.Origin, s.Host, passkeytest.Present, challenge),
		"nobody present":      k.Sign(s.Origin, s.Host, passkeytest.Verified, challenge),
		"another challenge":   k.Sign(s.Origin, s.Host, good, []byte("0123456789abcdef0123456789abcdeF")),
		"another key":         other.Sign(s.Origin, s.Host, good, challenge),
		"nothing":             {KeyID: k.ID},
		"not even a key's id": {},
	} {
		if err := s.Check(challenge, k.Public, a); !errors.Is(err, passkey.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOriginsAreSchemeAndHost(t *testing.T) {
	for _, bad := range []string{"", "confirm.test", "https://confirm.test/path", "https://confirm.test?x"} {
		if _, err := passkey.NewSite(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestAnSSHKeySigns(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "deploy")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	read, err := passkey.ReadSSHPublic(ssh.MarshalAuthorizedKey(key))
	if err != nil {
		t.Fatal(err)
	}
	id, signature, err := passkey.SignSSH(pem.EncodeToMemory(block), []byte("challenge"))
	if err != nil || id != read.ID {
		t.Fatalf("%s, %s, %v", id, read.ID, err)
	}
	if err := passkey.CheckSSH([]byte("challenge"), read.Public, signature); err != nil {
		t.Error(err)
	}
	if err := passkey.CheckSSH([]byte("another"), read.Public, signature); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("another challenge: %v", err)
	}
	if err := passkey.CheckSSH([]byte("challenge"), []byte("x"), signature); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("no key: %v", err)
	}
}

func FuzzWhatBrowsersSend(f *testing.F) {
	f.Add([]byte(`{"id":"eA","rawId":"eA","type":"public-key","response":{"authenticatorData":"","clientDataJSON":"e30","signature":""}}`))
	f.Add([]byte(`{"id":"eA","rawId":"eA","type":"public-key","response":{"attestationObject":"o2NmbXQ","clientDataJSON":"e30"}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		s := passkey.Site{Origin: "https://confirm.test", Host: "confirm.test"}
		if a, err := passkey.Parse(answer); err == nil && s.Check([]byte("0123456789abcdef"), []byte{0xa0}, a) == nil {
			t.Error("taken")
		}
		if _, err := s.Register([]byte("0123456789abcdef"), answer); err == nil {
			t.Error("registered")
		}
	})
}

func TestANewKeyIsForItsChallengeAndOriginAlone(t *testing.T) {
	s, k := site(t), passkeytest.New(t)
	challenge := []byte("0123456789abcdef0123456789abcdef")
	made, err := s.Register(challenge, []byte(k.Create(s.Origin, s.Host, challenge)))
	if err != nil || made.ID != k.ID || !bytes.Equal(made.Public, k.Public) {
		t.Fatalf("%+v, %v", made, err)
	}
	for name, answer := range map[string]string{
		"another origin":    k.Create("https://wiki.test", s.Host, challenge),
		"the parent domain": k.Create(s.Origin, "test", challenge),
		"another challenge": k.Create(s.Origin, s.Host, []byte("another one that is long enough")),
		"an assertion":      passkeytest.JSON(k.Sign(s.Origin, s.Host, passkeytest.Present|passkeytest.Verified, challenge)),
	} {
		if _, err := s.Register(challenge, []byte(answer)); !errors.Is(err, passkey.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
