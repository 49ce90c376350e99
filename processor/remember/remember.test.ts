import { describe, expect, it } from "vitest";
import type { StageBatch, Store } from "../../store/store.ts";
import { rememberConfig } from "./config.ts";
import { createRememberer } from "./remember.ts";

describe("the rememberer", () => {
  it("shows and stores no raw value of a template, also when it is written a second time", async () => {
    const written: StageBatch[] = [];
    const store: Pick<Store, "saveBatch"> = {
      saveBatch: async (batch) => {
        written.push(batch);
        if (written.length === 1) throw new Error("disk full");
        return { hasNamesake: false };
      },
    };
    const rememberer = createRememberer(rememberConfig.parse({}), {
      store,
      redactor: {
        body: (text) => text.replace("bob@example.com", "<EMAIL-bcdfg>"),
        plain: (text) => text.replace("bob@example.com", "<EMAIL>"),
      },
      explain: () => ({ summary: "", source: "MODEL", expected: [], detectors: [], tokens: [] }),
      newId: () => "id",
      now: () => 0,
      explainTokens: async () => [],
      learningState: () => "ready",
      thresholds: () => [],
      status: () => ({
        instance: "logbert",
        version: "1",
        modelVersion: "test",
        startedAtMs: 0,
        updatedAtMs: 0,
        recordsPerSecond: 0,
        forwardEndpoint: undefined,
        forwardState: "sink",
      }),
      onDropped: () => undefined,
    });
    const template = "mail to bob@example.com bounced";
    rememberer.remember(undefined, {
      parsed: [
        {
          recordIndex: 0,
          service: "shop",
          stream: "",
          match: { templateId: "t", template, parameters: [], isNew: true },
          timeMs: 0,
          severityNumber: 9,
        },
      ],
      findings: [],
      anomalies: [],
    });
    await expect(rememberer.flush()).rejects.toThrow("disk full");
    await rememberer.flush();
    expect(written.map(({ templates }) => templates.map(({ text }) => text))).toEqual([
      ["mail to <EMAIL> bounced"],
      ["mail to <EMAIL> bounced"],
    ]);
  });
});
