package cli

import (
	"crypto/ed25519"

	"sallyport/internal/config"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/writedoor/hook"
)

type wikiHookCommand struct {
	Config    string `help:"The settings file that serve has." required:"" type:"path" placeholder:"FILE"`
	OwnCode   bool   `help:"Seal people's own scripts as well; then own-code has to wait, too."`
	Interface bool   `help:"Seal every page of the MediaWiki namespace."`
}

// Run prints SallyportSeal.php. It holds a public key alone.
func (c wikiHookCommand) Run(s streams) error {
	settings, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	db, err := sqlstore.Open(s.ctx, settings.Store)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	key, err := sealKey(s.ctx, db)
	if err != nil {
		return err
	}
	text, err := hook.Seal{Key: key.Public().(ed25519.PublicKey), OwnCode: c.OwnCode, Interface: c.Interface}.File()
	if err != nil {
		return err
	}
	_, err = s.stdout.Write(text)
	return err
}
