import type { Server } from "node:net";
import { ListenError } from "./consume.ts";

/**
 * Opens a door.
 * @param key the configuration key that names the endpoint
 * @returns host:port really bound; rejects with a {@link ListenError}
 */
export async function listen(server: Server, endpoint: string, key: string): Promise<string> {
  const { hostname, port } = new URL(`http://${endpoint}`);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new ListenError(key, endpoint, error)));
    server.listen(Number(port || "80"), hostname.replace(/^\[|\]$/g, ""), resolve);
  });
  const bound = server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : Number(port);
  return endpoint.replace(/:\d+$/, `:${boundPort}`);
}
