// Package cli is the command line: one file per subcommand, and the only place where the parts are joined.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// Exit codes. They are stable and documented in the manual.
const (
	exitOK    = 0
	exitBroke = 1
	exitUsage = 2
)

// streams are where a command reads and writes.
type streams struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
}

type commands struct {
	Dev       devCommand       `cmd:"" help:"A pretend wiki with people and gadgets, on loopback. Nothing to configure, nothing left behind."`
	Scan      scanCommand      `cmd:"" help:"Read scripts and say what they can do: to whom, how surely, and where in the text."`
	Risk      riskCommand      `cmd:"" help:"How dangerous is it to run a script? A score with its reasons, and what would lower it."`
	Rules     rulesCommand     `cmd:"" help:"List and explain what a scan looks for; test checks of your own."`
	Detonate  detonateCommand  `cmd:"" help:"Run scripts in a sealed browser, as several people on several days, and say what they did."`
	Replay    replayCommands   `cmd:"" help:"Judge a log of detonate again, or play an outbreak."`
	Explain   explainCommand   `cmd:"" help:"Read scripts and run them: one report for people."`
	Inventory inventoryCommand `cmd:"" help:"The table of every script and everything it asks of other sites, read and seen running."`
	Snapshot  snapshotCommand  `cmd:"" help:"Record a MediaWiki, so that scripts can be run on it where it is not."`
	Serve     serveCommand     `cmd:"" help:"The gateway in front of a MediaWiki."`
	Worker    workerCommand    `cmd:"" help:"Analyse the scripts that wait, beside serve or on another machine."`
	Key       keyCommand       `cmd:"" help:"Who may approve changes of code: invite people, register machines, list, revoke."`
	Gadget    gadgetCommand    `cmd:"" help:"For authors: begin a gadget, check it, try it, make one of a script."`
	Deploy    deployCommand    `cmd:"" help:"Publish files as pages of code, signed with a registered key."`
	Entry     entryCommand     `cmd:"" help:"The rules at the load door: show, check, explain a decision, try a change before it is live."`
	Review    reviewCommand    `cmd:"" help:"Texts of pages that wait for an approval: list them, approve, reject."`
	Pin       pinCommand       `cmd:"" help:"Print a script with its imports pinned to revisions, and say what is newer."`
	Exposure  exposureCommand  `cmd:"" help:"Who was served a script, and when."`
	Switch    switchCommand    `cmd:"" help:"Switch off a text, a gadget, an author, a host, or all user code, and on again."`
	Breaker   breakerCommand   `cmd:"" help:"The outbreak breaker: what it stopped and why, pull it, reset it."`
	Audit     auditCommand     `cmd:"" help:"The log of what was approved, and by whom."`
	CSP       cspCommand       `cmd:"" name:"csp" help:"Content security policies: what one does not stop, what a draft would break, what is needed."`
	Libs      libsCommand      `cmd:"" help:"The wiki's own mirror of libraries: what it holds, and the line that uses each."`
	WikiHook  wikiHookCommand  `cmd:"" help:"Print the file with which a wiki refuses changes of code that nobody approved."`
	Config    configCommand    `cmd:"" help:"Show or check the settings."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// exitRequest is how kong's own exits (--help, usage errors) come back instead of ending the process.
type exitRequest int

// Run carries out one command line and returns the exit code. It returns when the command is done or ctx ends.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			asked, ok := r.(exitRequest)
			if !ok {
				panic(r)
			}
			code = int(asked)
		}
	}()
	c := commands{Gadget: gadgetCommand{Check: gadgetCheck{analysis: theAnalysis()}}, Scan: scanCommand{analysis: theAnalysis()}, Risk: riskCommand{analysis: theAnalysis()}, Explain: explainCommand{analysis: theAnalysis()}, Inventory: inventoryCommand{analysis: theAnalysis()}}
	parser, err := kong.New(&c,
		kong.Name("sallyport"),
		kong.Description("Sallyport lets a wiki run the code its users write, without taking that code on trust."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exitRequest(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the command structs above are wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "sallyport: %v\n\nTo see what there is: sallyport --help\n", err)
		return exitUsage
	}
	err = parsed.Run(streams{ctx, stdout, stderr})
	var asked exitRequest
	if errors.As(err, &asked) {
		return int(asked)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(stderr, "sallyport: %v\n", err)
		return exitBroke
	}
	return exitOK
}

// Main is [Run] on the process's own arguments and streams, for main.
func Main(ctx context.Context) int { return Run(ctx, os.Args[1:], os.Stdout, os.Stderr) }
