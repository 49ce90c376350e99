import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";

/** Something that a test needs and a machine may lack. */
export interface Requirement {
  readonly name: string;
  /** Where it is, or undefined when it is missing. */
  readonly path: string | undefined;
  /** The one command that provides it. */
  readonly remedy: string;
}

const repository = join(import.meta.dirname, "../..");

/** The labelled public logs; their licence keeps them out of this repository. */
export function testData(): Requirement {
  const path = process.env["LOGBERT_TEST_DATA"] ?? join(repository, "../shared/data");
  return {
    name: "labelled public logs",
    path: existsSync(path) ? path : undefined,
    remedy: "LOGBERT_TEST_DATA=/path/to/data npm test",
  };
}

/** A real OpenTelemetry Collector, built from test/collector/ocb.yaml. */
export function collector(): Requirement {
  const path = process.env["OTELCOL_BIN"] ?? cached("collector", "otelcol", "test/collector/ocb.yaml");
  return { name: "OpenTelemetry Collector", path, remedy: "bash test/collector/build.sh" };
}

/** The command by which the docs make certificates. */
export function openssl(): Requirement {
  const { status } = spawnSync("openssl", ["version"]);
  return { name: "OpenSSL", path: status === 0 ? "openssl" : undefined, remedy: "apt-get install openssl" };
}

/** The jars of a real Kafka broker, gathered from test/kafka/pom.xml. */
export function kafka(): Requirement {
  const path = onPath("java") === undefined ? undefined : cached("kafka", "jars", "test/kafka/pom.xml");
  return {
    name: "Apache Kafka",
    path,
    remedy: "apt-get install default-jre-headless maven && bash test/kafka/build.sh",
  };
}

/** A real VictoriaLogs. */
export function victoriaLogs(): Requirement {
  const path = cached("backends", "victoria-logs", "test/backends/go/go.mod");
  return { name: "VictoriaLogs", path, remedy: "bash test/backends/build.sh" };
}

/** The jars of a real OpenSearch node. */
export function openSearch(): Requirement {
  const path =
    onPath("java") === undefined
      ? undefined
      : cached("backends", "opensearch", "test/backends/opensearch/pom.xml");
  return {
    name: "OpenSearch",
    path,
    remedy: "apt-get install default-jre-headless maven && bash test/backends/build.sh",
  };
}

/** What checks a dashboard by Grafana's schema. */
export function dashboardCheck(): Requirement {
  const sources = ["test/backends/go/go.mod", "test/backends/go/check-dashboard/main.go"];
  const path = cached("backends", "check-dashboard", ...sources);
  return { name: "a check of Grafana dashboards", path, remedy: "bash test/backends/build.sh" };
}

/** A real Kubernetes API server with its etcd, and kubectl. */
export function kubernetes(): Requirement {
  const sources = ["go.mod", "kube/main.go", "kube/serve.go"].map((file) => `test/deploy/go/${file}`);
  const path = cached("deploy", "kube", ...sources);
  return { name: "a Kubernetes API server", path, remedy: "bash test/deploy/build.sh" };
}

/** A client of Kafka on the command line. */
export function kcat(): Requirement {
  return { name: "kcat", path: onPath("kcat"), remedy: "apt-get install kafkacat" };
}

/** What writes journal files, beside the journalctl that reads them. */
export function journal(): Requirement {
  const path = "/lib/systemd/systemd-journal-remote";
  return {
    name: "systemd's journal",
    path: existsSync(path) && onPath("journalctl") !== undefined ? path : undefined,
    remedy: "apt-get install systemd systemd-journal-remote",
  };
}

/** A syslog server, and the logger that every Debian has. */
export function rsyslog(): Requirement {
  const path = "/usr/sbin/rsyslogd";
  return {
    name: "rsyslog",
    path: existsSync(path) && onPath("logger") !== undefined ? path : undefined,
    remedy: "apt-get install rsyslog bsdutils",
  };
}

/** Where a program of the path is. */
export function onPath(program: string): string | undefined {
  const { stdout } = spawnSync("sh", ["-c", 'command -v "$0"', program], { encoding: "utf8" });
  return stdout.trim() === "" ? undefined : stdout.trim();
}

/** What a build.sh made and keeps by the content of what it made it from. */
function cached(product: string, name: string, ...sources: readonly string[]): string | undefined {
  const cache =
    process.env[`LOGBERT_${product.toUpperCase()}_CACHE`] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), `logbert-${product}`);
  const key = createHash("sha256");
  for (const source of sources) key.update(readFileSync(join(repository, source)));
  const path = join(cache, `${name}-${key.digest("hex").slice(0, 16)}`);
  return existsSync(path) ? path : undefined;
}

/** A test that needs something: skipped by name, with the command that provides it; in CI a skip is a failure. */
export function testWith(
  requirements: readonly Requirement[],
  name: string,
  body: (paths: readonly string[]) => Promise<void>,
  timeoutMs = 120_000,
): void {
  const missing = requirements.filter(({ path }) => path === undefined);
  if (missing.length === 0) {
    test(name, { timeout: timeoutMs }, () => body(requirements.map(({ path }) => path ?? "")));
    return;
  }
  const reason = missing.map((one) => `needs ${one.name}; provide it by: ${one.remedy}`).join("; ");
  if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error(`in CI nothing may be skipped: ${reason}`);
    });
    return;
  }
  process.stderr.write(`SKIPPED ${name}: ${reason}\n`);
  test.skip(`${name} (${reason})`, () => {});
}
