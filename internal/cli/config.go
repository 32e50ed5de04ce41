package cli

import (
	"fmt"

	"sallyport/internal/config"
)

type configCommand struct {
	Print configPrint `cmd:"" help:"Print the commented default settings."`
	Check configCheck `cmd:"" help:"Check a settings file; every mistake is listed."`
}

type configPrint struct{}

func (configPrint) Run(s streams) error {
	_, err := s.stdout.Write(config.Default)
	return err
}

type configCheck struct {
	File string `arg:"" help:"The settings file." type:"path"`
}

func (c configCheck) Run(s streams) error {
	settings, err := config.Load(c.File)
	if err != nil {
		return err
	}
	if _, err := (&breakerParts{settings.Breaker}).numbers(); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%s is fine.\n", c.File)
	return nil
}
