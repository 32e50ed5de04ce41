package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"sallyport/internal/browser"
	"sallyport/internal/cli"
)

func main() {
	browser.Helper() // a sealed browser is started by this program's own other self
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx)
	stop()
	os.Exit(code)
}
