package browser

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// maxCertificates bounds the certificates kept; a page may make up host names as it likes.
const maxCertificates = 1000

// authority makes a certificate for any host name. It lives as long as the browser, in memory only, and that browser alone
// believes it: one key signs everything, and the browser is told that key's hash.
type authority struct {
	key  *ecdsa.PrivateKey
	spki string // base64 of the SHA-256 of the public key, as --ignore-certificate-errors-spki-list has it

	mu   sync.Mutex
	made map[string]*tls.Certificate
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("encode a key: %w", err)
	}
	sum := sha256.Sum256(public)
	return &authority{key: key, spki: base64.StdEncoding.EncodeToString(sum[:]), made: map[string]*tls.Certificate{}}, nil
}

// certificate returns the certificate of a host name or address.
func (a *authority) certificate(host string) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.made[host]; c != nil {
		return c, nil
	}
	c, err := a.sign(host)
	if err != nil {
		return nil, fmt.Errorf("make a certificate for %q: %w", host, err)
	}
	if len(a.made) >= maxCertificates {
		clear(a.made)
	}
	a.made[host] = c
	return c, nil
}

// sign makes a certificate valid from 2000 to 2100: pages' clocks are moved about.
func (a *authority) sign(host string) (*tls.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: serial,
		NotBefore:    time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, a.key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, nil
}
