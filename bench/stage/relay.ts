import { startRelay } from "../../test/edges/relay.ts";

/** The stage's doors and its way to the next hop with nothing but a look at each request between them: the transport's share. */
const [, , port = "", nextHop = "", forward = "{}"] = process.argv;
const relay = await startRelay(nextHop, JSON.parse(forward), { grpc: { endpoint: `127.0.0.1:${port}` } });
process.once("SIGTERM", () => void relay.stop().then(() => process.exit(0)));
