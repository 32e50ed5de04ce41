package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/js"
)

// scanner is a program that reads the scripts of a folder, as lay wrote it, and reports.
type scanner struct {
	name    string
	command func(dir string) []string
	reports func(said []byte) (found, unread int, err error) // unread: scripts it says it could not parse; -1 when it never says

	// What its reports say of a place, when that is a judgement of its own and so can be compared: whether what stands
	// there is safe. "" for one that only lists where a pattern of ours matches. None of them follows data.
	judges string
}

// peer is a scanner of npm.
type peer struct {
	name     string
	packages []string // with their versions
	prepare  func(dir string, all []sample) (scanner, error)
}

func peers() []peer {
	return []peer{
		{"js-x-ray 11.1.0", []string{"@nodesecure/js-x-ray@11.1.0"}, jsXRay},
		{"eslint 10.15.0, no-unsanitized 4.1.5", []string{"eslint@10.15.0", "eslint-plugin-no-unsanitized@4.1.5"}, eslint},
		{"ast-grep 0.51.1, 4 rules of ours", []string{"@ast-grep/cli@0.51.1"}, astGrep},
		{"addons-linter 9.9.1", []string{"addons-linter@9.9.1"}, addonsLinter},
	}
}

// install fetches a peer into a folder of its own.
func (p peer) install(b *testing.B, dir string, all []sample) (scanner, error) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 3*time.Minute)
	defer cancel()
	if err := write(dir, "package.json", `{"private":true}`); err != nil {
		return scanner{}, err
	}
	args := append([]string{"install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"}, p.packages...)
	cmd := exec.CommandContext(ctx, "npm", args...)
	cmd.Dir, cmd.WaitDelay = dir, time.Second
	if said, err := cmd.CombinedOutput(); err != nil {
		return scanner{}, fmt.Errorf("npm install %s: %w: %s", strings.Join(p.packages, " "), errors.Join(err, ctx.Err()), lastLine(string(said)))
	}
	s, err := p.prepare(dir, all)
	s.name = p.name
	return s, err
}

func write(dir, name, text string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)
}

// counted reads what the small programs below print.
func counted(said []byte) (found, unread int, err error) {
	_, err = fmt.Sscan(string(said), &found, &unread)
	return found, unread, err
}

func jsXRay(dir string, _ []sample) (scanner, error) {
	const program = `import { readdirSync } from "node:fs";
import { join } from "node:path";
import { AstAnalyser } from "@nodesecure/js-x-ray";
let found = 0, unread = 0;
const analyser = new AstAnalyser();
for (const name of readdirSync(process.argv[2])) {
	const report = await analyser.analyseFile(join(process.argv[2], name));
	if (report.ok) found += report.warnings.length; else unread++;
}
console.log(found, unread);
`
	return scanner{
		command: func(folder string) []string {
			return []string{"node", filepath.Join(dir, "scan.mjs"), filepath.Join(folder, "js")}
		},
		reports: counted, judges: "whether it is obfuscated, what eval and import are given; variables are followed by name",
	}, write(dir, "scan.mjs", program)
}

// eslint is told which scripts are modules, which it does not find out by itself.
func eslint(dir string, all []sample) (scanner, error) {
	modules := []string{"**/none.js"}
	for i, s := range all {
		if js.Parse(s.text, js.Options{Name: s.name}).Goal == js.ModuleGoal {
			modules = append(modules, "**/"+plain(i))
		}
	}
	list, err := json.Marshal(modules)
	if err != nil {
		return scanner{}, err
	}
	const config = `import plugin from "eslint-plugin-no-unsanitized";
const found = { "no-unsanitized/method": 2, "no-unsanitized/property": 2, "no-eval": 2, "no-implied-eval": 2, "no-new-func": 2, "no-script-url": 2 };
export default [
	{ files: ["**/*.js"], languageOptions: { sourceType: "commonjs" }, plugins: { "no-unsanitized": plugin }, rules: found },
	{ files: %s, languageOptions: { sourceType: "module" } },
];
`
	const program = `import { ESLint } from "eslint";
import { dirname, join } from "node:path";
const eslint = new ESLint({ cwd: dirname(process.argv[2]), overrideConfigFile: join(import.meta.dirname, "config.mjs"), allowInlineConfig: false });
let found = 0, unread = 0;
for (const file of await eslint.lintFiles([join(process.argv[2], "js/*.js")]))
	for (const message of file.messages) if (message.fatal) unread++; else found++;
console.log(found, unread);
`
	return scanner{
		command: func(folder string) []string { return []string{"node", filepath.Join(dir, "scan.mjs"), folder} },
		reports: counted, judges: "whether what becomes HTML or code is a literal, or went through an escape",
	}, errors.Join(write(dir, "config.mjs", fmt.Sprintf(config, list)), write(dir, "scan.mjs", program))
}

func astGrep(dir string, _ []sample) (scanner, error) {
	const rules = `id: html
language: js
severity: warning
rule: {any: [{pattern: '$A.innerHTML = $B'}, {pattern: '$A.outerHTML = $B'}, {pattern: '$A.insertAdjacentHTML($B, $C)'}, {pattern: 'document.write($$$)'}]}
---
id: jquery
language: js
severity: warning
rule: {any: [{pattern: '$A.html($B)'}, {pattern: '$A.append($$$B)'}, {pattern: '$A.prepend($$$B)'}, {pattern: '$A.after($$$B)'}, {pattern: '$A.before($$$B)'}]}
---
id: code
language: js
severity: warning
rule: {any: [{pattern: 'eval($A)'}, {pattern: 'new Function($$$)'}, {pattern: 'Function($$$)'}, {pattern: '$.globalEval($A)'}]}
---
id: import
language: js
severity: warning
rule: {any: [{pattern: 'importScript($$$)'}, {pattern: 'mw.loader.load($$$)'}, {pattern: '$.getScript($$$)'}, {pattern: 'importScriptURI($$$)'}]}
`
	// The package's own script would link the program for this machine to a fixed place; scripts are not run.
	programs, _ := filepath.Glob(filepath.Join(dir, "node_modules/@ast-grep/cli-*/ast-grep"))
	if len(programs) == 0 {
		return scanner{}, errors.New("the package has no program for this machine")
	}
	return scanner{
		command: func(folder string) []string {
			return []string{programs[0], "scan", "--rule", filepath.Join(dir, "rules.yml"), "--json=stream", "--threads", "1", filepath.Join(folder, "js")}
		},
		reports: func(said []byte) (found, unread int, err error) { return bytes.Count(said, []byte("\n")), -1, nil },
	}, errors.Join(write(dir, "rules.yml", rules), os.Chmod(programs[0], 0o755))
}

func addonsLinter(dir string, _ []sample) (scanner, error) {
	return scanner{
		command: func(folder string) []string {
			return []string{"node", filepath.Join(dir, "node_modules/addons-linter/bin/addons-linter"), "--output", "json", folder}
		},
		reports: func(said []byte) (found, unread int, err error) {
			var report struct{ Errors, Notices, Warnings []struct{ Code string } }
			if err := json.Unmarshal(said, &report); err != nil {
				return 0, 0, err
			}
			for _, list := range [][]struct{ Code string }{report.Errors, report.Notices, report.Warnings} {
				for _, one := range list {
					if one.Code == "JS_SYNTAX_ERROR" {
						unread++
					} else {
						found++
					}
				}
			}
			return found, unread, nil
		},
		judges: "as eslint, which it runs, and the rules for add-ons",
	}, nil
}
