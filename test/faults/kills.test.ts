import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../processor/learn/mulberry32.ts";
import { killUnderLoad } from "./kill-under-load.ts";
import { createLedger } from "./ledger.ts";

describe("a stage that is killed under load, again and again", () => {
  it("loses nothing, doubles nothing that was not sent twice, and keeps the order", async () => {
    const ledger = createLedger();
    const report = await killUnderLoad(4, mulberry32(1), {
      ledger,
      isEnough: () => ledger.account().sent > 1_000,
    });
    expect(report).toMatchObject({ kills: 4, lost: [], doubled: [], disordered: [], refused: 0 });
  });
});
