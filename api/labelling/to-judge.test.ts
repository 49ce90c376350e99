import { describe, expect, it } from "vitest";
import { anomaliesToJudge } from "./to-judge.ts";

const subject = (id: string, kind: string, detector: string) => ({ id, kind, detector });

describe("a word on an incident", () => {
  it("is said of the message, its bursts, its session's end and the silence, each once", () => {
    const subjects = [
      subject("a", "t", "ngram"),
      subject("b", "t", "rate"),
      subject("c", "t", "ngram"),
      subject("d", "end t", "length"),
      subject("e", "silence t", "rate"),
      subject("f", "silence", "rate"),
      subject("g", "silence", "rate"),
    ];
    expect(anomaliesToJudge([{ strongestId: "a" }], subjects, 100)).toEqual(["a", "b", "d", "e", "f"]);
  });

  it("is said of a template's strongest rather than of another one that is as strong", () => {
    const subjects = [subject("a", "t", "ngram"), subject("b", "t", "ngram")];
    expect(anomaliesToJudge([{ strongestId: "b" }], subjects, 100)).toEqual(["b"]);
  });

  it("is said of every template, also of one whose anomalies are too weak to be looked at, and of no more than the bound", () => {
    const subjects = Array.from({ length: 9 }, (_, i) => subject(`s${i}`, `t${i}`, "ngram"));
    const templates = [{ strongestId: "weak" }, { strongestId: "s3" }];
    expect(anomaliesToJudge(templates, subjects, 4)).toEqual(["weak", "s3", "s0", "s1"]);
    expect(anomaliesToJudge(templates, [], 1)).toEqual(["weak"]);
  });
});
