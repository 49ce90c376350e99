#!/usr/bin/env bash
# Gathers the jars of the real Apache Kafka broker that the tests run. Cached by pom.xml's content: a second call returns at once.
# Prints their directory. Needs Java >= 17, Maven and Maven Central.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${LOGBERT_KAFKA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/logbert-kafka}
jars="$cache/jars-$(sha256sum "$here/pom.xml" | cut -c1-16)"
if [ ! -d "$jars" ]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$work/jars" >&2
  mv "$work/jars" "$jars"
fi
echo "$jars"
