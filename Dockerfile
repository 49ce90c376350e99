# The image of a stage, small, without a shell, for a user that is nobody: docker build -t logbert .
# It reads /etc/logbert/logbert.yaml, listens where that says, and writes to /var/lib/logbert alone (docs/kubernetes.md).
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# Builds, and packs what is published.
RUN npm pack --pack-destination /tmp
WORKDIR /app
RUN tar -xzf /tmp/logbert-*.tgz --strip-components=1 && cp /src/package-lock.json /src/.npmrc ./ \
  && npm ci --omit=dev --no-audit --no-fund && rm package-lock.json .npmrc
# ONNX Runtime and SQLite come with libraries for every platform, and SQLite with its sources.
RUN cd node_modules && case "$(uname -m)" in aarch64) arch=arm64 ;; *) arch=x64 ;; esac \
  && find onnxruntime-node/bin -mindepth 3 -maxdepth 3 ! -path "*/linux/$arch" -exec rm -r {} + \
  && find better-sqlite3/prebuilds -type f ! -name "linux-$arch.node" -delete && rm -r better-sqlite3/deps better-sqlite3/src
RUN mkdir -p /data

FROM gcr.io/distroless/nodejs24-debian13:nonroot
COPY --from=build /app /app
COPY --from=build --chown=65532:65532 /data /var/lib/logbert
ENV LOGBERT_CONFIG=/etc/logbert/logbert.yaml DB_PATH=/var/lib/logbert/logbert.db
WORKDIR /var/lib/logbert
USER 65532:65532
EXPOSE 4317 4318 4000 9464
# Of Docker; Kubernetes has probes of its own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:4000/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "/app/bin/logbert.js"]
CMD ["serve"]
