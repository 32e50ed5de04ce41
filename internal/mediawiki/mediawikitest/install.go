package mediawikitest

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
)

//go:embed php/*.php
var php embed.FS

// languages get their messages compiled at installation.
const languages = "en,de,he"

// installer makes the database. Extensions named here get their tables.
var installer = []string{
	"maintenance/install.php", "--dbtype", "sqlite", "--dbname", "wiki", "--lang", "en",
	"--server", "http://127.0.0.1", "--scriptpath", "",
	"--skins", "Vector,MonoBook,MinervaNeue,Timeless", "--extensions", "Gadgets,Renameuser",
	"--pass", AdminPassword, "Testwiki", Admin,
}

// durable lets readers and writers of the copied databases work side by side: it is a property of the file.
const durable = `foreach (glob($argv[1] . '/*.sqlite') as $f) (new PDO("sqlite:$f"))->exec('PRAGMA journal_mode=WAL');`

// base returns the folder of the installation all instances are copied from; it is made when it is not there:
//
//	data/    databases just after installation
//	cache/   compiled messages
//	opcache/ compiled PHP, shared by all instances
//	php/     LocalSettings.php, router.php, eval.php
func base() (string, error) {
	version, err := mediawikiVersion()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("sallyport-mediawiki-%s-%s-%d", version, recipe(), os.Getuid()))
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := install(dir); err != nil {
		return "", fmt.Errorf("install mediawiki: %w", err)
	}
	return dir, nil
}

// recipe names what an installation is made of, so that changing it makes a new one.
func recipe() string {
	h := sha256.New()
	fmt.Fprintln(h, languages, installer, durable)
	for _, name := range phpFiles {
		text, _ := php.ReadFile("php/" + name)
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

var phpFiles = []string{"LocalSettings.php", "router.php", "eval.php"}

// install makes the installation under another name and renames it when it is complete.
func install(dir string) error {
	building := dir + ".building"
	if err := os.RemoveAll(building); err != nil {
		return err
	}
	if err := layOut(building); err != nil {
		return err
	}
	args := append([]string{installer[0], "--dbpath", building + "/data", "--confpath", building + "/conf"}, installer[1:]...)
	if err := runPHP(nil, args...); err != nil {
		return err
	}
	settings := []string{
		"MW_CONFIG_FILE=" + building + "/php/LocalSettings.php",
		"SALLYPORT_WIKI_DIR=" + building, "SALLYPORT_WIKI_ID=wiki",
	}
	if err := runPHP(settings, "maintenance/rebuildLocalisationCache.php", "--quiet", "--lang", languages); err != nil {
		return err
	}
	if err := runPHP(nil, "-r", durable, building+"/data"); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(building, "conf")); err != nil { // the installer's own settings: ours are used
		return err
	}
	return os.Rename(building, dir)
}

func layOut(building string) error {
	for _, d := range []string{"data", "cache", "opcache", "php", "conf"} {
		if err := os.MkdirAll(filepath.Join(building, d), 0o700); err != nil {
			return err
		}
	}
	for _, name := range phpFiles {
		text, err := php.ReadFile("php/" + name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(building, "php", name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func runPHP(env []string, args ...string) error {
	cmd := exec.Command("php", append([]string{"-d", "memory_limit=1G"}, args...)...)
	cmd.Dir = codeTree
	cmd.Env = append(os.Environ(), append(env, "MW_INSTALL_PATH="+codeTree)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("php %s: %w\n%s", args[0], err, out)
	}
	return nil
}

// mediawikiVersion reads MW_VERSION from MediaWiki's includes/Defines.php.
func mediawikiVersion() (string, error) {
	text, err := os.ReadFile(filepath.Join(codeTree, "includes/Defines.php"))
	if err != nil {
		return "", fmt.Errorf("read mediawiki's version: %w", err)
	}
	m := regexp.MustCompile(`'MW_VERSION',\s*'([0-9A-Za-z.-]+)'`).FindSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("read mediawiki's version: MW_VERSION is not in %s/includes/Defines.php", codeTree)
	}
	return string(m[1]), nil
}

// lock waits until this process alone holds the file.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return func() { _ = f.Close() }, nil
}
