package e2e

import (
	"crypto/ed25519"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"sallyport/internal/cli"
)

// sshKey writes an Ed25519 key pair as ssh-keygen does.
func sshKey(t *testing.T, dir string) (private, public string) {
	t.Helper()
	key, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(secret, "")
	if err != nil {
		t.Fatal(err)
	}
	line, err := ssh.NewPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	private, public = filepath.Join(dir, "id"), filepath.Join(dir, "id.pub")
	for name, text := range map[string][]byte{private: pem.EncodeToMemory(block), public: ssh.MarshalAuthorizedKey(line)} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return private, public
}

// A gadget's author publishes from a folder, with a registered key and no browser; the wiki is sealed, so nothing but an
// approved change gets in, whatever way it comes.
func TestFilesAreDeployedWithARegisteredKeyToASealedWiki(t *testing.T) {
	g := sealed(t, "")
	dir := t.TempDir()
	private, public := sshKey(t, dir)
	for name, text := range map[string]string{"a.js": "deployed_a();   \n", "b.css": ".b { top: 0 }\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SALLYPORT_PASSWORD", "admin password 1")
	args := []string{"deploy", "--wiki", strings.Replace(g.front, "wiki.localhost", "127.0.0.1", 1), "--user", "Admin", "--key", private, "--title", "MediaWiki:Gadget-", filepath.Join(dir, "a.js"), filepath.Join(dir, "b.css")}

	var out, errs syncBuffer
	if code := cli.Run(t.Context(), args, &out, &errs); code == 0 || !strings.Contains(errs.String(), "sallyport-refused") {
		t.Errorf("with a key nobody registered: %d %s", code, errs.String())
	}
	if g.raw("MediaWiki:Gadget-a.js") != "" {
		t.Fatal("it was saved")
	}
	g.sally("key", "add", "--config", g.file, "Admin", public)
	t.Log(g.sally(args...))
	if a, b := g.raw("MediaWiki:Gadget-a.js"), g.raw("MediaWiki:Gadget-b.css"); strings.TrimSpace(a) != "deployed_a();" || !strings.Contains(b, "top: 0") {
		t.Errorf("the wiki has %q and %q", a, b)
	}
	t.Log(g.sally("audit", "verify", "--config", g.file))
	list := g.sally("key", "list", "--config", g.file)
	if !strings.Contains(list, "ssh") || !strings.Contains(list, "good") {
		t.Errorf("keys: %s", list)
	}
	fields := strings.Fields(strings.Split(list, "\n")[1])
	g.sally("key", "revoke", "--config", g.file, fields[len(fields)-1])
	if err := os.WriteFile(filepath.Join(dir, "a.js"), []byte("later();"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := cli.Run(t.Context(), args, &out, &errs); code == 0 || strings.Contains(g.raw("MediaWiki:Gadget-a.js"), "later") {
		t.Errorf("with a revoked key: %d", code)
	}
}
