import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { frameOf } from "../../processor/grpc/frame.ts";
import { type Doors, startDoors } from "./doors.ts";
import { EXPORT_PATH, rawClient } from "./raw-grpc.ts";
import { aRequest } from "./relay.ts";
import { sendGrpc } from "./senders.ts";

const MIB = 1024 * 1024;
/** More than a connection's window of 16 MiB; a size that once went without an answer in a sender that held all of it. */
const SIZES = [40_000_000, 278_700_095] as const;
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Doors with room for one message of the largest size. */
async function smallDoors(receive: object = {}): Promise<Doors> {
  const doors = await startDoors(async () => ({ kind: "accepted", rejectedRecords: 0, message: "" }), {
    max_request_bytes: MIB,
    max_in_flight_bytes: MIB,
    drain_timeout_ms: 1_000,
    ...receive,
  });
  open.push(doors.stop);
  return doors;
}

const good = frameOf(aRequest());

describe("a message that is larger than the stage takes", () => {
  it.each(SIZES)("is refused, and its connection goes on: %i bytes", async (bytes) => {
    const doors = await smallDoors();
    const client = rawClient(doors.grpcAddress);
    open.push(client.close);
    const large = client.call(frameOf(Buffer.alloc(bytes)));
    expect((await client.call(good)).status).toBe(Code.OK);
    const refused = await large;
    expect(Code[refused.status ?? -1]).toBe("RESOURCE_EXHAUSTED");
    expect(refused.message).toContain(`more than ${MIB} bytes`);
    expect((await client.call(good)).status).toBe(Code.OK);
    expect([client.session.closed, doors.refused]).toEqual([false, ["too-large"]]);
  });

  it.each(SIZES)("is refused to grpc-js just so: %i bytes", async (bytes) => {
    const doors = await smallDoors();
    expect(Code[(await sendGrpc(doors.grpcAddress, Buffer.alloc(bytes))).code]).toBe("RESOURCE_EXHAUSTED");
    expect(doors.refused).toEqual(["too-large"]);
  });

  it("that goes on for ever without regard to any window takes no room, and ends with its connection", async () => {
    const doors = await smallDoors({ max_connection_age_ms: 1_000 });
    const sender = await deafSender(doors.grpcAddress);
    await sender.refused;
    const ended = sender.flood();
    expect((await sendGrpc(doors.grpcAddress, aRequest())).code).toBe(Code.OK);
    await ended;
    expect(doors.errors).toEqual([]);
  });
});

/** HTTP/2 by hand: a call that names 2 GiB, and then sends on whatever it is told. */
async function deafSender(address: string) {
  const [host = "", port = ""] = address.split(":");
  const socket = connect(Number(port), host).on("error", () => undefined);
  const closed = once(socket, "close");
  const refused = resetOf(socket);
  const prefix = Buffer.of(0, 0x7f, 0xff, 0xff, 0xff);
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(
    Buffer.concat([
      h2Frame(SETTINGS, 0, Buffer.alloc(0)),
      h2Frame(HEADERS, 1, CALL),
      h2Frame(DATA, 1, prefix),
    ]),
  );
  return {
    /** Resolves when the stage has answered and wants no more. */
    refused,
    /** Sends until the stage ends the connection. */
    async flood() {
      const more = h2Frame(DATA, 1, Buffer.alloc(16_384));
      while (!socket.destroyed) if (!socket.write(more)) await Promise.race([once(socket, "drain"), closed]);
    },
  };
}

const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4] as const;
const END_HEADERS = 4;

/** Header fields without compression (RFC 7541, section 6.2.2). */
const CALL = Buffer.concat(
  Object.entries({
    ":method": "POST",
    ":scheme": "http",
    ":path": EXPORT_PATH,
    ":authority": "stage",
    "content-type": "application/grpc",
    te: "trailers",
  }).flatMap(([name, value]) => [
    Buffer.of(0, name.length),
    Buffer.from(name),
    Buffer.of(value.length),
    Buffer.from(value),
  ]),
);

function h2Frame(type: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = type === HEADERS ? END_HEADERS : 0;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Resolves when the first call is reset; its answer is complete then. */
function resetOf(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let heard = Buffer.alloc(0);
  socket.on("data", (data) => {
    heard = Buffer.concat([heard, data]);
    while (heard.length >= 9 && heard.length >= 9 + heard.readUIntBE(0, 3)) {
      if (heard[3] === RST_STREAM && heard.readUInt32BE(5) === 1) resolve();
      heard = heard.subarray(9 + heard.readUIntBE(0, 3));
    }
  });
  return promise;
}
