import { describe, expect, it } from "vitest";
import { anomalyLabel } from "./anomaly-label.ts";

const label = (labels: readonly string[], named = "") => anomalyLabel(labels, named, "config.json");

describe("the label that means an anomaly", () => {
  it.each([
    [["normal", "anomaly"], 1],
    [["Abnormal", "Normal"], 0],
    [["info", "ANOMALOUS", "warning"], 1],
    [["normal", "suspicious"], 1],
    [["strange", "BENIGN"], 0],
    [["LABEL_0", "LABEL_1"], 1],
  ])("of %j is number %i", (labels, expected) => {
    expect(label(labels)).toBe(expected);
  });

  it("is the named one, whatever the others are called", () => {
    expect(label(["normal", "anomaly"], "normal")).toBe(0);
    expect(label(["LABEL_0", "LABEL_1", "LABEL_2"], "LABEL_2")).toBe(2);
  });

  it.each([
    [["error", "failure"]],
    [["LABEL_0", "LABEL_1", "LABEL_2"]],
    [["positive", "negative"]],
    [["normal", "benign"]],
    [["not_anomaly", "not_normal"]],
  ])("has to be named where %j leave a choice", (labels) => {
    expect(() => label(labels)).toThrow(
      expect.objectContaining({
        name: "ModelError",
        message: expect.stringContaining(labels.join(", ")),
        remedy: expect.stringContaining("inference.anomaly_label"),
      }),
    );
  });

  it("is refused when it is none of the labels, which are told", () => {
    expect(() => label(["normal", "anomaly"], "bad")).toThrow(
      expect.objectContaining({ remedy: "name one of: normal, anomaly" }),
    );
  });
});
