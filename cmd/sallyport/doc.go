/*
Sallyport lets a wiki run the code its users write, without taking that code on trust.

It stands in front of a MediaWiki that stays unmodified. This is its manual; `sallyport COMMAND --help` says the same in
short.

# To look at it

	sallyport dev [--listen ADDR] [--confirm-listen ADDR] [--json]

starts a pretend wiki with people, pages and gadgets on loopback, prints where to go, and keeps nothing when it stops.
ADDR is HOST:PORT; port 0 takes a free one. With --json, standard output is one line

	{"wiki":"http://…","confirm":"http://…","people":[{"name","password"}],"gadgets":[{"title","module"}]}

and nothing else.

# To read scripts

	sallyport scan PATH…

says of each script what it can do to the person running it, what is wrong with it, how sure that is, and where in the
text. PATH is a file, a folder, - for standard input, the address of a wiki page, or wiki:TITLE (wiki:PREFIX*) of the wiki in
--config FILE; --dump FILE reads a MediaWiki XML export. Nothing is run.

	--format text|json|sarif|html   for people, programs, code hosts, a browser; -o FILE writes there
	--baseline FILE                 a scan saved as JSON: only what it does not have counts
	--diff OLD NEW                  which capabilities a revision gains or loses
	--suppressions FILE             findings you accept, each with a reason and an expiry; nothing in a page can silence one
	--rules DIR                     checks of your own, as Semgrep rules; may be given several times
	--fail-on SEVERITY              exit with 3 from this severity on (medium); what could not be read always counts
	--jobs N, --no-cache, --cache DIR, --quiet

JSON has "schema":"sallyport.scan/1"; lines and columns count from 1, columns in UTF-16 units.

	sallyport rules [NAME] [--format text|json|markdown]

lists what a scan looks for, or explains one rule: what is wrong, what a reader sees, a bad and a good script and what is said
of them. docs/rules.md is printed from it.

	sallyport rules test DIR…

checks rules of your own against the comments in the scripts beside them. docs/operator-rules.md says how to write both. What a
rule file has that is not supported is refused by name; all mistakes of all files are listed at once.

# To run scripts where they can hurt nobody

	sallyport detonate PATH…

runs each script in a browser without a network, on a pretend wiki, as several people on several pages and days, and tells what
it did. PATH is as for scan.

	--tier quick|standard|deep      about 10 runs a script, about 80, or until nothing new runs (a minute at most)
	--format text|json|html         JSON has "schema":"sallyport.detonate/1"
	--with DIR, --snapshot FILE     scripts that others import; a real wiki, recorded by sallyport snapshot
	--trace FILE                    keep the log of every run, which sallyport replay log judges again

What could not be run well enough is "unknown", never clean. explain reads and runs, and joins both into one report;
inventory is the table of every script and everything it asks of other sites.

	sallyport risk PATH… [--users N] [--rights RIGHT,…] [--author-days N]

puts what is known into a score from 0 to 100 that is the sum of its reasons, and says what would lower it. --fail-at SCORE exits
with 3. docs/risk.md has the weights, and how they were found.

# To write gadgets

	sallyport gadget new NAME [--kind plain|package|vue|styles] [--dir DIR]
	sallyport gadget check [DIR] [--owner NAME] [--wiki URL]
	sallyport gadget preview [DIR] [--wiki URL --as NAME]
	sallyport gadget from-script NAME FILE

begins a gadget in a folder that stands for somebody's user space; says everything the wiki would say about it (with exit code 3 when
it would not run); runs it on a pretend wiki, or in a real one for its author alone, whose pages load again when a file changes; makes one of a
user script.
docs/authors.md is the way from nothing to a published gadget.

# To run it

	sallyport config print > sallyport.toml
	sallyport config check sallyport.toml
	sallyport serve --config sallyport.toml

Only the settings that differ from the default need to be in the file. Let nobody but Sallyport reach the MediaWiki
behind it.

serve reads every code page of the wiki once, and every new revision from then on. On a busy wiki, others do that:

	sallyport worker --config sallyport.toml [--jobs N]

takes scripts that wait, beside serve or on another machine (then bus and store in the settings name servers), until it is
told to stop; it finishes what it has begun. --failed lists the jobs that were set aside because they could not be done, with
the reasons; --retry puts them back.

# To keep watch

	sallyport csp evaluate|diff|simulate|derive|status      content security policies: docs/csp.md
	sallyport entry print|check|explain|simulate            the rules at the load door
	sallyport libs list|search|add                          the wiki's own mirror of libraries
	sallyport key invite|add|list|revoke                    who may approve changes of code: docs/write-door.md
	sallyport deploy FILE…                                  publish from git, signed with a registered key
	sallyport switch list|off|on                            off for everybody within a second: docs/switches.md
	sallyport breaker status|pull|reset                     what an outbreak stopped: docs/breaker.md
	sallyport audit verify|accounts|mail                    the log of approvals, and who holds power: docs/audit.md
	sallyport replay outbreak|day                           play an outbreak, or an ordinary day, on a pretend wiki

# User gadgets

A user gadget is a page in user space whose title ends in ".gadget" and whose text is JSON:

	{
		"description": "What it does, in one sentence.",
		"settings": {
			"rights": [], "skins": [], "actions": [], "categories": [], "contentModels": [], "namespaces": [],
			"package": true, "requiresES6": false, "section": ""
		},
		"module": {
			"pages": [ "/doit.js", "/words.json", "/App.vue", "/doit.css" ],
			"dependencies": [ "mediawiki.util", "User:Ira/lib.gadget" ],
			"peers": [], "messages": [], "codexIcons": [], "type": "general"
		}
	}

"/doit.js" is a page below the author's own user page. "User:Ira/x.js" is a page of somebody else, who can then change this
gadget; "MediaWiki:Gadget-x.js" one of the wiki's. Nothing is required but one page.

The module's name is ext.usergadget.p and the page id of the definition: renaming the page keeps everybody's choice. Any
script can ask for a gadget by name or by title:

	mw.loader.using( 'user:SD0001/doit' ).then( ( require ) => { … } );

A page counts with the newest revision that its owner saved, or somebody who may edit other people's scripts. A gadget
whose page moves to somebody else rests for everybody who had switched it on, until they look at it again.

# Exit codes

	0  done; for scan, detonate and explain: nothing found
	1  something broke; the message says what, and what to do. For rules test: a comment is not right
	2  the command line, or a rule of yours, was not understood
	3  scan, detonate or explain found something; risk is as high as --fail-at says; a gadget would not run
*/
package main
