#!/bin/sh
# Installs what `make demo|test|bench` need beside Go and Node, through apt, and only what is missing.
# usage: tools/install.sh demo|test|bench
set -eu

demo=""
tests="chromium:chromium
chromium-headless-shell:chromium-headless-shell
firefox-esr:firefox-esr
php:php-cli
/usr/share/mediawiki/index.php:mediawiki
/usr/share/doc/php-sqlite3:php-sqlite3
/usr/share/doc/php-mbstring:php-mbstring
/usr/share/doc/php-xml:php-xml
/usr/share/doc/php-intl:php-intl
/usr/share/doc/php-curl:php-curl
/usr/share/doc/php-apcu:php-apcu
/usr/share/doc/fonts-dejavu-core:fonts-dejavu-core
/usr/share/postgresql:postgresql
nats-server:nats-server"
bench="nginx:nginx-light
caddy:caddy
wrk:wrk"

case "${1:-}" in
demo) want=$demo ;;
test) want=$tests ;;
bench) want="$tests
$bench" ;;
*) echo "usage: $0 demo|test|bench" >&2; exit 2 ;;
esac

missing=""
for pair in $want; do
	have=${pair%%:*} package=${pair#*:}
	case $have in
	/*) [ -e "$have" ] || missing="$missing $package" ;;
	*) PATH="$PATH:/usr/sbin" command -v "$have" >/dev/null || missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

echo "installing:$missing"
if ! command -v apt-get >/dev/null; then
	echo "This machine has no apt-get. Install these by hand, then run make again:$missing" >&2
	exit 1
fi
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The servers among these must not start by themselves: the tests start their own, on free ports.
if ! { $sudo apt-get update && $sudo env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "apt-get could not install:$missing" >&2
	exit 1
fi
