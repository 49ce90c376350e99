#!/usr/bin/env bash
# Provides what the tests of docs/backends/ run: VictoriaLogs, a check of Grafana dashboards, the jars of an OpenSearch node.
# Cached by the content of what each is made from: a second call returns at once. Prints their paths.
# Needs Go >= 1.26 with the Go module proxy, and Java >= 17, Maven with Maven Central.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${LOGBERT_BACKENDS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/logbert-backends}
mkdir -p "$cache"
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT

# NAME FILE...: where NAME is kept, by what is in the files it is made from
kept() {
  local name=$1
  shift
  echo "$cache/$name-$(cat "$@" | sha256sum | cut -c1-16)"
}

go_build() {
  (cd "$here/go" && GOTOOLCHAIN=local CGO_ENABLED=0 go build -o "$work/$1" "$2") >&2
}

victoria_logs=$(kept victoria-logs "$here/go/go.mod")
if [ ! -x "$victoria_logs" ]; then
  go_build victoria-logs github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs
  mv "$work/victoria-logs" "$victoria_logs"
fi

check_dashboard=$(kept check-dashboard "$here/go/go.mod" "$here/go/check-dashboard/main.go")
if [ ! -x "$check_dashboard" ]; then
  go_build check-dashboard ./check-dashboard
  mv "$work/check-dashboard" "$check_dashboard"
fi

opensearch=$(kept opensearch "$here/opensearch/pom.xml")
if [ ! -d "$opensearch" ]; then
  mvn -q -B -f "$here/opensearch/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$work/opensearch" >&2
  mv "$work/opensearch" "$opensearch"
fi

printf '%s\n' "$victoria_logs" "$check_dashboard" "$opensearch"
