# `make` alone lists what there is.
GO ?= go
.DEFAULT_GOAL := help

.PHONY: help demo build test check bench bench-door bench-scan bench-detonate soak-detonate bench-fidelity bench-dormant bench-halves bench-dashboard bench-csp update assets clean

help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

demo: ## a pretend wiki with people and gadgets, on loopback, nothing left behind
	@tools/install.sh demo
	$(GO) run ./cmd/sallyport dev

build: ## one binary: ./sallyport
	CGO_ENABLED=0 $(GO) build -trimpath -o sallyport ./cmd/sallyport

test: ## everything, on real parts (installs Chromium, MediaWiki, PHP, PostgreSQL when missing)
	@tools/install.sh test
	SALLYPORT_TEST_ALL=1 $(GO) test -timeout 25m ./...

check: ## lint, vet and the race detector
	$(GO) vet ./...
	$(GO) tool -modfile=tools/go.mod golangci-lint run
	$(GO) test -race -short ./...

bench: ## ratios against nginx, Caddy and MediaWiki's own load.php, in one run
	@tools/install.sh bench
	SALLYPORT_TEST_ALL=1 $(GO) test -run '^$$' -bench Sallyport -benchtime 1x -timeout 30m ./internal/bench

bench-door: ## milliseconds that the write door and the outbreak breaker add to a page, a script and an edit
	SALLYPORT_TEST_ALL=1 $(GO) test -run '^$$' -bench SallyDoor -benchtime 1x -timeout 30m ./internal/bench

bench-scan: ## megabytes a CPU second against other scanners (npm installs them into a scratch folder)
	SALLYPORT_TEST_ALL=1 $(GO) test -run '^$$' -bench SallyScan -benchtime 1x -timeout 30m ./internal/bench

bench-detonate: ## sealed runs a minute against a fresh browser a run, and against chromedp
	@tools/install.sh test
	SALLYPORT_TEST_ALL=1 $(GO) test -run '^$$' -bench SallyDetonate -benchtime 1x -timeout 30m ./internal/bench

soak-detonate: ## 2,000 sealed runs in one browser: memory flat, nothing left
	@tools/install.sh test
	SALLYPORT_TEST_ALL=1 $(GO) test -run '^$$' -bench SallySoak -benchtime 1x -timeout 30m ./internal/bench

bench-fidelity: ## how many real scripts find what they want, and how much of them runs (needs the corpus beside the checkout)
	@tools/install.sh test
	SALLYPORT_FIDELITY=all $(GO) test -run 'RealScripts|ADeepLook' -v -timeout 90m ./internal/sandbox

bench-dormant: ## all sleeping scripts and all their harmless twins, at every tier
	@tools/install.sh test
	SALLYPORT_TEST_ALL=1 SALLYPORT_DORMANT=all $(GO) test -run 'Sleeping|Twins' -v -timeout 90m ./internal/sandbox

bench-halves: ## what reading and running each see of the hostile set; UPDATE=1 writes docs/static-and-dynamic.md
	@tools/install.sh test
	SALLYPORT_TEST_ALL=1 $(GO) test -run '^$$' -bench SallyHalves -benchtime 1x -timeout 90m ./internal/bench

bench-dashboard: ## the list of 100,000 scripts from SQLite, sorted, searched
	$(GO) test -run '^$$' -bench SallyDashboard -benchtime 1x -timeout 30m ./internal/web

bench-csp: ## what a report costs against the usual collector; a stop under load, a flood, a replay, a header
	SALLYPORT_TEST_ALL=1 $(GO) test -run '^$$' -bench SallyCSP -benchtime 1x -timeout 30m ./internal/bench

update: ## accept changed golden output; read the diff before committing
	UPDATE=1 $(GO) test ./...

assets: ## fetch the npm files we embed again, at the versions named in tools/assets.sh
	tools/assets.sh

clean: ## remove what make built
	rm -f sallyport
