import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findTimestamp, timeOfValue } from "./timestamp.ts";

const reference = Date.UTC(2026, 5, 1);
const iso = (line: string) => {
  const time = findTimestamp(line, reference);
  return time === undefined
    ? undefined
    : `${new Date(Number(time / 1_000_000n)).toISOString()} +${time % 1_000_000n}`;
};

describe("a line without a time has none", () => {
  it.each([
    "",
    "hello",
    "Started 2026-01-02 03:04:05",
    "error 1700000000",
    "2026-13-01 00:00:00 no such month",
    "2026-02-30 00:00:00 no such day",
    "2026-01-01 25:00:00 no such hour",
    "1969-12-31 23:59:59 before the epoch",
    "1970-01-01T00:00:00+01:00 before the epoch, by its zone",
    "9999999999 too far away",
    "170000000012 twelve digits are no unit",
    "081109203530 no space",
  ])("%j", (line) => {
    expect(findTimestamp(line, reference)).toBeUndefined();
  });
});

describe("formats in the wild", () => {
  it.each([
    ["2026-01-02T03:04:05Z up", "2026-01-02T03:04:05.000Z +0"],
    ["2026-01-02T03:04:05.123456789+02:00 up", "2026-01-02T01:04:05.123Z +456789"],
    ["2026-01-02T03:04:05-0530 up", "2026-01-02T08:34:05.000Z +0"],
    ["2026-01-02 03:04:05,978 INFO [main] up", "2026-01-02T03:04:05.978Z +0"],
    ["[2026-01-02 03:04:05.5] up", "2026-01-02T03:04:05.500Z +0"],
    ["2026/01/02 03:04:05 [error] 7#7: up", "2026-01-02T03:04:05.000Z +0"],
    ["081109 203530 143 INFO dfs.Node: up", "2008-11-09T20:35:30.000Z +0"],
    ["17/06/09 20:10:40 INFO Executor: up", "2017-06-09T20:10:40.000Z +0"],
    ["2005-06-03-15.49.36.156884 up", "2005-06-03T15:49:36.156Z +884000"],
    [
      "- 1117838570 2005.06.03 R0-N1 2005-06-03-15.42.50.675872 R0-N1 RAS up",
      "2005-06-03T15:42:50.675Z +872000",
    ],
    ["app.log.1.2017-05-16_13:53:08 2017-05-16 00:00:04.500 25746 INFO up", "2017-05-16T00:00:04.500Z +0"],
    ["[Sun Dec 04 04:51:08 2005] [error] up", "2005-12-04T04:51:08.000Z +0"],
    ["Sun Dec  4 04:51:08.250 2005 up", "2005-12-04T04:51:08.250Z +0"],
    ['192.0.2.1 - ann [10/Oct/2025:13:55:36 -0700] "GET / HTTP/1.1" 200', "2025-10-10T20:55:36.000Z +0"],
    ["20171223-22:15:29:606|Step|1|up", "2017-12-23T22:15:29.606Z +0"],
    ["I0102 15:04:05.678901       1 main.go:42] up", "2026-01-02T15:04:05.678Z +901000"],
    ["03-17 16:13:38.811  1702  2395 D Window: up", "2026-03-17T16:13:38.811Z +0"],
    ["[10.30 16:49:06] up", "2025-10-30T16:49:06.000Z +0"],
    ["1700000000 up", "2023-11-14T22:13:20.000Z +0"],
    ["1700000000.25 up", "2023-11-14T22:13:20.250Z +0"],
    ["1700000000123 up", "2023-11-14T22:13:20.123Z +0"],
    ["[1700000000123456] up", "2023-11-14T22:13:20.123Z +456000"],
    ["1700000000123456789 up", "2023-11-14T22:13:20.123Z +456789"],
  ])("%s", (line, expected) => {
    expect(iso(line)).toBe(expected);
  });

  it("takes last year for a day that is still to come", () => {
    expect(iso("Jun  1 15:16:02 host sshd: up")).toBe("2026-06-01T15:16:02.000Z +0");
    expect(iso("Jun 14 15:16:02 host sshd: up")).toBe("2025-06-14T15:16:02.000Z +0");
  });

  it("finds the last 29 February where this year has none", () => {
    expect(findTimestamp("Feb 29 00:00:00 host x: y", Date.UTC(2025, 0, 1))).toBe(
      BigInt(Date.UTC(2024, 1, 29)) * 1_000_000n,
    );
  });
});

describe("a value of a field", () => {
  it.each([undefined, null, true, {}, "soon", 17, -1700000000, 1e300, Number.NaN])(
    "%j is no time",
    (value) => {
      expect(timeOfValue(value, reference)).toBeUndefined();
    },
  );

  it("may be a number of seconds, milliseconds, microseconds or nanoseconds", () => {
    expect(timeOfValue(1_700_000_000, 0)).toBe(1_700_000_000_000_000_000n);
    expect(timeOfValue(1_700_000_000.5, 0)).toBe(1_700_000_000_500_000_000n);
    expect(timeOfValue(1_700_000_000_123, 0)).toBe(1_700_000_000_123_000_000n);
    expect(timeOfValue(1_700_000_000_123_456_789n, 0)).toBe(1_700_000_000_123_456_789n);
  });
});

describe("any line", () => {
  it("never throws, and gives a time that fits OTLP", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:.,TZ /[\]-]{0,60}$/)), (line) => {
        const time = findTimestamp(line, reference);
        expect(time === undefined || (time >= 0n && time < 2n ** 64n)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads back every time that ISO 8601 can write", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date(Date.UTC(2400, 0)), noInvalidDate: true }),
        (date) => {
          expect(findTimestamp(`${date.toISOString()} up`, reference)).toBe(
            BigInt(date.getTime()) * 1_000_000n,
          );
        },
      ),
    );
  });
});
