import { describe, expect, it } from "vitest";
import { windowConfig } from "../window/config.ts";
import type { ParsedRecord } from "../window/sequence-window.ts";
import { createCorpusBuilder, PIECE_EVENTS_MAX } from "./corpus-builder.ts";
import { createSequenceCutter } from "./sequence-cutter.ts";

function record(template: string, timeMs: number, stream = "a"): ParsedRecord {
  return {
    recordIndex: 0,
    service: "shop",
    stream,
    match: { templateId: template, template, parameters: [], isNew: false },
    timeMs,
    severityNumber: 17,
  };
}

/** All sequences that come of the records, in the order of time, their templates as text. */
function cut(records: readonly ParsedRecord[], config: Readonly<Record<string, unknown>>) {
  const builder = createCorpusBuilder();
  const cutter = createSequenceCutter(builder, windowConfig.parse(config));
  cutter.push(records);
  cutter.close();
  return builder.build().services.flatMap(({ templates, train, selection, test }) =>
    [...train, ...selection, ...test].map((sequence) => ({
      texts: [...sequence.templates].map((template) => templates[template]).join(" "),
      begins: sequence.begins,
      ends: sequence.ends,
      gaps: [...sequence.gaps].map((gap) => Math.round(Math.expm1(gap))),
      severities: [...sequence.severities],
    })),
  );
}

/** Held-out parts cut a lone sequence, so texts are compared as a whole. */
const joined = (sequences: ReturnType<typeof cut>) => sequences.map(({ texts }) => texts).join(" ");

describe("sessions", () => {
  const config = { type: "session", idle_ms: 60_000 };

  it("end with a silence, which is no gap, and the last one's end is not known", () => {
    const times = [0, 1, 2, 100, 101, 200, 201, 300, 301].map((seconds) => seconds * 1_000);
    const sequences = cut(
      times.map((timeMs, i) => record(`t${i}`, timeMs)),
      config,
    );
    expect(joined(sequences)).toBe("t0 t1 t2 t3 t4 t5 t6 t7 t8");
    expect(sequences[0]).toMatchObject({ texts: "t0 t1 t2", begins: true, ends: true, gaps: [0, 1, 1] });
    expect(sequences.find(({ texts }) => texts.startsWith("t3"))).toMatchObject({
      begins: true,
      gaps: [0, 1],
    });
    expect(sequences.at(-1)?.ends).toBe(false);
  });

  it("of several streams are told apart, and one that fell silent is over when another goes on", () => {
    const records = [
      record("a1", 0, "a"),
      record("b1", 1_000, "b"),
      record("a2", 2_000, "a"),
      ...Array.from({ length: 12 }, (_, i) => record(`c${i}`, 100_000 + i, "c")),
    ];
    const sequences = cut(records, config);
    expect(sequences.filter(({ ends }) => ends).map(({ texts }) => texts)).toEqual(["a1 a2", "b1"]);
  });
});

describe("endless streams", () => {
  it("are cut in pieces of which neither begin nor end is known", () => {
    const records = Array.from({ length: PIECE_EVENTS_MAX * 3 }, (_, i) => record(`t${i % 7}`, i * 1_000));
    const sequences = cut(records, { type: "count" });
    expect(sequences.length).toBeGreaterThanOrEqual(3);
    expect(sequences.every(({ begins, ends }) => !begins && !ends)).toBe(true);
    expect(joined(sequences)).toBe(records.map(({ match }) => match.template).join(" "));
  });

  it("are parted by a silence that no window of time reaches over", () => {
    const records = [0, 1, 200, 201, 202].map((seconds, i) => record(`t${i}`, seconds * 1_000));
    const sequences = cut(records, { type: "time", span_ms: 60_000 });
    expect(sequences.some(({ texts }) => /t1 t2/.test(texts))).toBe(false);
  });

  it("bear records without a time", () => {
    const sequences = cut(
      Array.from({ length: 20 }, (_, i) => record(`t${i}`, i % 3 === 0 ? Number.NaN : i * 1_000)),
      { type: "count" },
    );
    expect(joined(sequences)).toBe(Array.from({ length: 20 }, (_, i) => `t${i}`).join(" "));
    expect(sequences.flatMap(({ gaps }) => gaps).every(Number.isFinite)).toBe(true);
  });
});

it("keeps severities as the model's indexes", () => {
  expect(cut([record("a", 0)], { type: "count" })[0]?.severities).toEqual([5]);
});

it("keeps at most max_streams streams open", () => {
  const records = Array.from({ length: 100 }, (_, i) => record("t", i, `stream ${i}`));
  const sequences = cut(records, { type: "session", max_streams: 10 });
  expect(sequences).toHaveLength(100);
});
