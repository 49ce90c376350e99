import { describe, expect, it } from "vitest";
import type { ForwardOutcome } from "../forward/forward-outcome.ts";
import { type HandlePorts, handle } from "./handle.ts";
import { createAdmission } from "./limits.ts";

const ok: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
const signal = new AbortController().signal;
const bytes = new Uint8Array(60);

function ports(consume: HandlePorts["consume"]) {
  const seen = { refused: [] as string[], errors: [] as unknown[] };
  const admission = createAdmission(100);
  const all: HandlePorts = {
    consume,
    admission,
    entrance: () => ({ kind: "entered", name: undefined, metadata: undefined }),
    observer: {
      refused: (reason, transport) => seen.refused.push(`${reason} ${transport}`),
      connectionRefused: () => undefined,
    },
    warn: () => undefined,
    onError: (error) => seen.errors.push(error),
  };
  return { all, admission, seen };
}

const arrival = { bytes, transport: "grpc", signal } as const;

describe("a request", () => {
  it("counts while it is in the stage, and not after it", async () => {
    let during = 0;
    const { all, admission, seen } = ports(async () => {
      during = admission.bytesInFlight;
      return ok;
    });
    expect((await handle(arrival, all)).kind).toBe("ok");
    expect([during, admission.bytesInFlight]).toEqual([60, 0]);
    expect(seen).toEqual({ refused: [], errors: [] });
  });

  it("is not consumed when there is no room for it", async () => {
    const { all, admission, seen } = ports(async () => {
      throw new Error("must not be asked");
    });
    const other = admission.open();
    other.grow(60);
    expect(await handle(arrival, all)).toMatchObject({ kind: "error", httpStatus: 503 });
    expect(seen).toEqual({ refused: ["overloaded grpc"], errors: [] });
    expect(admission.bytesInFlight).toBe(60);
  });

  it("that was counted while it arrived is not counted again", async () => {
    const { all, admission } = ports(async () => ok);
    const reservation = admission.open();
    reservation.grow(60);
    expect((await handle({ ...arrival, reservation }, all)).kind).toBe("ok");
    expect(admission.bytesInFlight).toBe(0);
  });

  it("gives its bytes back when the stage breaks, and is worth another try", async () => {
    const { all, admission, seen } = ports(async () => {
      throw new Error("broken");
    });
    expect(await handle(arrival, all)).toMatchObject({ kind: "error", httpStatus: 503 });
    expect(admission.bytesInFlight).toBe(0);
    expect(seen.refused).toEqual(["internal grpc"]);
    expect(seen.errors.map(String)).toEqual(["Error: broken"]);
  });
});
