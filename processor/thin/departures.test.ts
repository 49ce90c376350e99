import { expect, it } from "vitest";
import { createDepartures } from "./departures.ts";

it("one that leaves before its turn lets nobody behind it overtake those before it", async () => {
  const departures = createDepartures();
  const stream = [{ service: "shop", stream: "a" }];
  const gone: string[] = [];
  const first = departures.queueUp(stream);
  departures.queueUp(stream).leave();
  const third = departures.queueUp(stream).inTurn();
  await Promise.all([
    third.then(() => gone.push("third")),
    Promise.resolve().then(async () => {
      for (let turn = 0; turn < 10; turn += 1) await undefined;
      gone.push("first");
      first.leave();
    }),
  ]);
  expect(gone).toEqual(["first", "third"]);
});
