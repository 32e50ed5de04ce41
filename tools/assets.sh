#!/bin/sh
# Fetches the npm files that are embedded, at the versions named here, each unchanged and with its licence.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # package@version
	rm -rf "$work/package"
	(cd "$work" && npm pack --silent "$1" >name && tar xzf "$(cat name)")
}

fetch jquery@3.8.0
cp "$work/package/dist/jquery.min.js" internal/fakewiki/vendorjs/jquery.js
cp "$work/package/LICENSE.txt" internal/fakewiki/vendorjs/jquery-LICENSE.txt

fetch vue@3.5.45
cp "$work/package/dist/vue.global.prod.js" internal/fakewiki/vendorjs/vue.js
cp "$work/package/LICENSE" internal/fakewiki/vendorjs/vue-LICENSE.txt

fetch oojs@7.0.1
cp "$work/package/dist/oojs.min.js" internal/fakewiki/vendorjs/oojs.js
cp "$work/package/LICENSE-MIT" internal/fakewiki/vendorjs/oojs-LICENSE.txt

fetch oojs-ui@0.54.2
for part in core widgets windows toolbars wikimediaui; do
	cp "$work/package/dist/oojs-ui-$part.min.js" "internal/fakewiki/vendorjs/oojs-ui-$part.js"
done
for part in core widgets windows; do
	cp "$work/package/dist/oojs-ui-$part-wikimediaui.min.css" "internal/fakewiki/vendorjs/oojs-ui-$part.css"
done
cp "$work/package/LICENSE-MIT" internal/fakewiki/vendorjs/oojs-ui-LICENSE.txt

fetch jquery-ui@1.14.2
cp "$work/package/dist/jquery-ui.min.js" internal/fakewiki/vendorjs/jquery-ui.js
cp "$work/package/LICENSE.txt" internal/fakewiki/vendorjs/jquery-ui-LICENSE.txt

fetch @wikimedia/codex@2.6.0
cp "$work/package/dist/codex.style.css" "$work/package/dist/codex.style-rtl.css" internal/web/codex/

fetch @wikimedia/codex-design-tokens@2.4.0
cp "$work/package/dist/theme-wikimedia-ui-root.css" internal/web/codex/tokens-root.css
cp "$work/package/dist/theme-wikimedia-ui-mode-dark.css" internal/web/codex/tokens-dark.css

fetch @wikimedia/codex-icons@2.6.0
cp "$work/package/dist/codex-icons.json" internal/bundle/codex/codex-icons.json

# Addresses that let one get around an allowlist (its sources' headers: Copyright 2016 Google Inc., Apache-2.0).
fetch csp_evaluator@1.1.8
node -e '
	const lists = process.argv[1] + "/dist/allowlist_bypasses/";
	const jsonp = require(lists + "jsonp.js"), angular = require(lists + "angular.js");
	const host = url => url.split("/")[2];
	for (const url of jsonp.URLS) console.log(jsonp.NEEDS_EVAL.includes(host(url)) ? "jsonp-eval" : "jsonp", url);
	for (const url of angular.URLS) console.log("angular", url);
' "$work/package" >internal/narrow/bypass/addresses.txt
cp "$work/package/LICENSE" internal/narrow/bypass/LICENSE.txt

git --no-pager diff --stat -- internal/fakewiki/vendorjs internal/web/codex internal/bundle/codex internal/narrow/bypass
