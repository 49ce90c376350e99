import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskAddresses } from "./mask-addresses.ts";

describe("addresses in what is sent", () => {
  it.each([
    ["10.20.30.40", "<IP>"],
    ["from 203.0.113.77:4444.", "from <IP>:4444."],
    ["svc0_10.20.30.40", "svc0_<IP>"],
    ["peer 2001:db8:cafe::77: gone", "peer <IP> gone"],
    ["[2001:db8::1]:80", "[<IP>]:80"],
    ["fe80::1%eth0", "<IP>%eth0"],
    ["::ffff:10.0.0.1", "<IP>"],
    ["02:ca:fe:77:ef:99", "<MAC>"],
    ["02-CA-FE-77-EF-99", "<MAC>"],
  ])("%j is sent as %j", (text, sent) => {
    expect(maskAddresses(text)).toBe(sent);
  });

  it.each(["std::vector", "at 12:30:45", "1.2.3", "::", "shop", "a:b:c"])("%j stays", (text) => {
    expect(maskAddresses(text)).toBe(text);
  });

  it("are found wherever they stand between words", () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6()).filter((one) => one !== "::");
    fc.assert(
      fc.property(address, (one) => {
        expect(maskAddresses(`from ${one} on`)).toBe("from <IP> on");
      }),
    );
  });
});
