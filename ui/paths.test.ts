import { describe, expect, test } from "vitest";
import { matchRoute, paths } from "./paths.ts";

describe("addresses of the UI", () => {
  test.each(["/nowhere", "/anomalies/a/b", "/services/x", "/tailor", "//evil"])("%s is unknown", (path) => {
    expect(matchRoute(path)).toEqual({ page: "unknown" });
  });

  test("a broken escape is shown as it is instead of failing the page", () => {
    expect(matchRoute("/anomalies/%E0%A4%A")).toEqual({ page: "live", anomalyId: "%E0%A4%A" });
  });

  test.each(["01JABCDEF", "with/slash", "ümlaut ?#"])(
    "an anomaly's address leads back to its id: %s",
    (id) => {
      expect(matchRoute(paths.anomaly(id))).toEqual({ page: "live", anomalyId: id });
    },
  );

  test.each([
    ["/", { page: "live", anomalyId: undefined }],
    ["/anomalies/", { page: "live", anomalyId: undefined }],
    ["/tail", { page: "tail" }],
    ["/label", { page: "label" }],
    ["/services", { page: "services" }],
    ["/training", { page: "training" }],
    ["/services/", { page: "services" }],
  ])("%s is a page", (path, route) => {
    expect(matchRoute(path)).toEqual(route);
  });
});
