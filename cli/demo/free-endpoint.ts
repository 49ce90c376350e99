import { createServer } from "node:net";

/**
 * The endpoint as it is, or the same address with a free port when its own is taken: port 0, which the system fills.
 * @param endpoint host:port
 */
export async function freeEndpoint(endpoint: string): Promise<string> {
  const [host = "", port = ""] = endpoint.split(":");
  return (await isFree(host, Number(port))) ? endpoint : `${host}:0`;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
