#!/usr/bin/env bash
# Builds what the tests of deploy/ run: a Kubernetes API server with its etcd, and kubectl, in one program.
# Cached by the content of what it is made from: a second call returns at once. Prints its path.
# Needs Go >= 1.26 and the Go module proxy; the first time five minutes of two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${LOGBERT_DEPLOY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/logbert-deploy}
kube="$cache/kube-$(cat "$here/go/go.mod" "$here/go/kube/main.go" "$here/go/kube/serve.go" | sha256sum | cut -c1-16)"
if [ ! -x "$kube" ]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  (cd "$here/go" && GOTOOLCHAIN=local CGO_ENABLED=0 go build -ldflags="-s -w" -o "$work/kube" ./kube) >&2
  mv "$work/kube" "$kube"
fi
echo "$kube"
