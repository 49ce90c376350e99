import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSyslog } from "./syslog.ts";

const reference = Date.UTC(2026, 5, 20);

describe("no syslog", () => {
  it.each([
    "",
    "<34>",
    "<999>1 2003-10-11T22:14:15.003Z h a p m - text",
    "<34>1 2003-10-11T22:14:15.003Z h a p m [open text",
    '<34>1 2003-10-11T22:14:15.003Z h a p m [id k="open] text',
    "2026-01-02 03:04:05 INFO up",
    "Jun 14 15:16:02",
  ])("%j", (line) => {
    expect(parseSyslog(line, reference)).toBeUndefined();
  });
});

describe("RFC 5424", () => {
  it("gives the message as the body, and the header as fields", () => {
    const line =
      '<165>1 2003-10-11T22:14:15.003Z db.example.com evntslog 111 ID47 [ex@32473 iut="3" src="a \\"b\\" \\]"][x@1] \uFEFFAn event';
    expect(parseSyslog(line, reference)).toEqual({
      source: line,
      timeUnixNano: 1_065_910_455_003_000_000n,
      severityNumber: 10,
      severityText: "notice",
      body: "An event",
      service: "evntslog",
      traceId: undefined,
      spanId: undefined,
      attributes: {
        "host.name": "db.example.com",
        "syslog.facility": 20n,
        "syslog.procid": "111",
        "syslog.msgid": "ID47",
        "syslog.structured_data": { "ex@32473": { iut: "3", src: 'a "b" ]' }, "x@1": {} },
      },
    });
  });

  it("leaves out what is nil, and takes an empty message", () => {
    expect(parseSyslog("<0>1 - - - - - -", reference)).toMatchObject({
      body: "",
      severityNumber: 21,
      service: undefined,
      timeUnixNano: undefined,
      attributes: { "syslog.facility": 0n },
    });
  });
});

describe("RFC 3164", () => {
  it("with a priority", () => {
    expect(
      parseSyslog("<34>Oct 11 22:14:15 mymachine su: 'su root' failed for ann", reference),
    ).toMatchObject({
      severityNumber: 18,
      body: "'su root' failed for ann",
      service: "su",
      attributes: { "host.name": "mymachine", "syslog.facility": 4n },
    });
  });

  it("as a file has it, with a process id and without a priority", () => {
    expect(
      parseSyslog("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: check pass; user unknown", reference),
    ).toMatchObject({
      timeUnixNano: BigInt(Date.UTC(2026, 5, 14, 15, 16, 1)) * 1_000_000n,
      severityNumber: 0,
      body: "check pass; user unknown",
      service: "sshd(pam_unix)",
      attributes: { "host.name": "combo", "syslog.procid": "19939" },
    });
  });

  it("with rsyslog's ISO time", () => {
    expect(parseSyslog("2026-01-02T03:04:05.123456+01:00 web nginx[7]: ERROR up", reference)).toMatchObject({
      service: "nginx",
      severityNumber: 17,
    });
  });
});

it("never throws, and loses no character of a message", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      parseSyslog(`<1>1 - h a p m ${text}`, reference);
      expect(parseSyslog(`<13>1 - h a p m - x${text}`, reference)?.body).toBe(`x${text}`);
    }),
  );
});
