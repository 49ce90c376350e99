import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAdmission } from "./limits.ts";

describe("admission", () => {
  it("refuses what would be too many bytes, and takes none of them", () => {
    const admission = createAdmission(100);
    const first = admission.open();
    const second = admission.open();
    expect(first.grow(60)).toBe(true);
    expect(second.grow(41)).toBe(false);
    expect(admission.bytesInFlight).toBe(60);
    expect(second.grow(40)).toBe(true);
    expect(first.grow(1)).toBe(false);
  });

  it("takes one that is larger than the bound when it is alone, else it would never be taken", () => {
    const admission = createAdmission(100);
    const large = admission.open();
    expect(large.grow(90)).toBe(true);
    expect(large.grow(90)).toBe(true);
    expect(admission.open().grow(1)).toBe(false);
    large.release();
    expect(admission.open().grow(1)).toBe(true);
  });

  it("counts something for each request, however small: very many are too many", () => {
    const admission = createAdmission(100, 10);
    const taken = Array.from({ length: 20 }, () => admission.open().grow(0));
    expect(taken.filter(Boolean)).toHaveLength(10);
    const one = createAdmission(100, 10).open();
    one.grow(5);
    one.grow(5);
    one.release();
    expect(admission.bytesInFlight).toBe(100);
  });

  it("leaves the rest to others, where requests of one client do not come to their end", () => {
    const admission = createAdmission(100, 10);
    const slow = Array.from({ length: 20 }, () => admission.open("slow").grow(0));
    expect(slow.filter(Boolean)).toHaveLength(5);
    const [first, second] = [admission.open("quick"), admission.open("quick")];
    expect([first.grow(20), second.grow(20)]).toEqual([true, false]);
    // What has arrived is not its sender's to hold.
    first.arrived();
    expect(second.grow(10)).toBe(true);
    second.release();
    first.release();
    expect(admission.bytesInFlight).toBe(50);
    const [one, other] = [admission.open("large"), admission.open("large")];
    expect(one.grow(40)).toBe(true);
    expect(other.grow(0)).toBe(false);
    one.release();
    expect(other.grow(0)).toBe(true);
  });

  it("takes a request that is larger than the share of its client, where it is the only one", () => {
    const one = createAdmission(100).open("a");
    expect(one.grow(60)).toBe(true);
    expect(one.grow(30)).toBe(true);
  });

  it("gets everything back once, however often it is given", () => {
    const admission = createAdmission(100);
    const [first, second] = [admission.open(), admission.open()];
    first.grow(30);
    second.grow(30);
    first.release();
    first.release();
    expect(admission.bytesInFlight).toBe(30);
  });

  it("refuses only beyond its bound, and counts exactly what it took", () => {
    const growth = fc.record({ request: fc.nat(4), bytes: fc.integer({ min: 1, max: 80 }) });
    fc.assert(
      fc.property(fc.array(growth, { maxLength: 60 }), (growths) => {
        const admission = createAdmission(100);
        const requests = Array.from({ length: 5 }, () => ({ reservation: admission.open(), held: 0 }));
        for (const { request, bytes } of growths) {
          const before = admission.bytesInFlight;
          const one = requests[request] ?? { reservation: admission.open(), held: 0 };
          const isTaken = one.reservation.grow(bytes);
          expect(isTaken).toBe(before === one.held || before + bytes <= 100);
          one.held += isTaken ? bytes : 0;
          expect(admission.bytesInFlight).toBe(requests.reduce((sum, { held }) => sum + held, 0));
        }
        for (const { reservation } of requests) reservation.release();
        expect(admission.bytesInFlight).toBe(0);
      }),
    );
  });
});
