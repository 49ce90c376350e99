import { expect, it } from "vitest";
import { createCommitter } from "./committer.ts";

it("commits nothing as of a division that was settled in the one before", async () => {
  const committer = createCommitter(
    { clientId: "test", bootstrapBrokers: ["127.0.0.1:1"], groupId: "group" },
    () => ["logs"],
  );
  committer.become("member", 1);
  const commit = committer.current();
  committer.become("member", 2);
  await expect(commit([{ topic: "logs", partition: 0, offset: 7n }])).rejects.toThrow("Client is closed");
  await committer.close();
});
