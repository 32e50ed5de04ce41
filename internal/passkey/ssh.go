package passkey

import (
	"crypto/ed25519"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// SSHKey is a machine's public key.
type SSHKey struct {
	ID      string // fingerprint, "SHA256:…"
	Public  []byte // wire form
	Comment string
}

// ReadSSHPublic reads a line of an id_ed25519.pub file. Only Ed25519 is taken.
func ReadSSHPublic(line []byte) (SSHKey, error) {
	key, comment, _, _, err := ssh.ParseAuthorizedKey(line)
	if err != nil {
		return SSHKey{}, fmt.Errorf("read public key: %w", err)
	}
	if key.Type() != ssh.KeyAlgoED25519 {
		return SSHKey{}, fmt.Errorf("read public key: %s keys are not taken; make one with: ssh-keygen -t ed25519", key.Type())
	}
	return SSHKey{ID: ssh.FingerprintSHA256(key), Public: key.Marshal(), Comment: comment}, nil
}

// SignSSH signs a challenge with a private key file of OpenSSH, or of PKCS #8 in PEM. It returns the key's fingerprint.
func SignSSH(file, challenge []byte) (id string, signature []byte, err error) {
	private, err := ssh.ParseRawPrivateKey(file)
	if err != nil {
		return "", nil, fmt.Errorf("read private key: %w", err)
	}
	var key ed25519.PrivateKey
	switch k := private.(type) {
	case *ed25519.PrivateKey:
		key = *k
	case ed25519.PrivateKey:
		key = k
	default:
		return "", nil, fmt.Errorf("read private key: it is %T, only Ed25519 is taken", private)
	}
	public, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		return "", nil, err
	}
	return ssh.FingerprintSHA256(public), ed25519.Sign(key, message(challenge)), nil
}

// CheckSSH says whether a signature over a challenge is this key's.
func CheckSSH(challenge, public, signature []byte) error {
	key, err := ssh.ParsePublicKey(public)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	crypto, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return fmt.Errorf("%w: not a key that signs", ErrRefused)
	}
	if k, ok := crypto.CryptoPublicKey().(ed25519.PublicKey); !ok || !ed25519.Verify(k, message(challenge), signature) {
		return ErrRefused
	}
	return nil
}

// message keeps these signatures apart from all others made with the same key.
func message(challenge []byte) []byte { return append([]byte("sallyport deploy 1\n"), challenge...) }
