#!/usr/bin/env bash
# Builds the real OpenTelemetry Collector that the tests run, from ocb.yaml, with the Collector's own builder.
# Cached by the manifest's content: a second call returns at once. Prints the path of the binary.
# Needs Go >= 1.26 and the Go module proxy.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${LOGBERT_COLLECTOR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/logbert-collector}
binary="$cache/otelcol-$(sha256sum "$here/ocb.yaml" | cut -c1-16)"
if [ ! -x "$binary" ]; then
  mkdir -p "$cache"
  export GOTOOLCHAIN=local CGO_ENABLED=0
  GOBIN="$cache/bin" go install go.opentelemetry.io/collector/cmd/builder@v0.160.0 >&2
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && "$cache/bin/builder" --config="$here/ocb.yaml") >&2
  mv "$work/otelcol/otelcol" "$binary"
fi
echo "$binary"
