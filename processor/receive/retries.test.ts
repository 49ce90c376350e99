import { describe, expect, it } from "vitest";
import { createRetryMemory } from "./retries.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
/** A sender that stays. */
const HERE = new AbortController().signal;

interface Made {
  readonly name: string;
}
/** What is called so has nothing left to be done. */
const isSettled = ({ name }: Made) => name === "settled";

function memory(max_bytes = 100, max_age_ms = 1_000) {
  let nowMs = 1_000_000;
  const { begin } = createRetryMemory<Made>({ max_bytes, max_age_ms, now: () => nowMs, isSettled });
  const anew = async () => ({ name: "made anew" });
  return {
    begin: (request: string) => begin(bytes(request), anew, HERE),
    /** A try that ends at once and leaves something. */
    leave: (request: string, name: string, sizeBytes: number) =>
      begin(bytes(request), anew, HERE).end({ name }, sizeBytes),
    /** What a try finds, that is then answered. */
    async find(request: string) {
      const attempt = begin(bytes(request), anew, HERE);
      const { name } = await attempt.made;
      attempt.end(undefined, 0);
      return name;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("a request that was not taken", () => {
  it("is known by its bytes, once", async () => {
    const { leave, find } = memory();
    leave("request", "kept", 10);
    expect(await find("another")).toBe("made anew");
    expect(await find("request")).toBe("kept");
    expect(await find("request")).toBe("made anew");
  });

  it("is known as it was last, when it was not taken again", async () => {
    const { leave, find } = memory();
    leave("request", "whole", 10);
    leave("request", "rest", 5);
    expect(await find("request")).toBe("rest");
    expect(await find("request")).toBe("made anew");
  });

  it("is forgotten when it comes back too late", async () => {
    const { leave, find, pass } = memory(100, 1_000);
    leave("request", "kept", 10);
    pass(900);
    leave("another", "younger", 10);
    pass(200);
    expect(await find("request")).toBe("made anew");
    expect(await find("another")).toBe("younger");
  });
});

describe("a request that comes again while it is under way", () => {
  it("shares what is made of it", async () => {
    const { begin } = createRetryMemory<Made>({ max_bytes: 100, max_age_ms: 1_000, now: () => 1, isSettled });
    let made = 0;
    const make = async () => {
      made += 1;
      return { name: `made ${made}` };
    };
    // Alike at both ends, different in the middle: not the same.
    const long = (middle: string) => bytes(`${"a".repeat(600)}${middle}${"z".repeat(600)}`);
    const tries = [begin(long("1"), make, HERE), begin(long("1"), make, HERE), begin(long("2"), make, HERE)];
    expect(await Promise.all(tries.map((one) => one.made))).toEqual([
      { name: "made 1" },
      { name: "made 1" },
      { name: "made 2" },
    ]);
  });

  it("is kept as the last of its tries left it", async () => {
    const { begin, find } = memory();
    const [first, second] = [begin("request"), begin("request")];
    first.end({ name: "first" }, 10);
    second.end({ name: "second" }, 10);
    expect(await find("request")).toBe("second");
  });

  it("stays settled whatever another of its tries leaves after that", async () => {
    const { begin, find } = memory();
    const [first, second] = [begin("request"), begin("request")];
    first.end({ name: "settled" }, 10);
    second.end({ name: "rest" }, 10);
    expect(await find("request")).toBe("settled");
  });

  it("is made anew once one of its tries has been answered, though another one never ends", async () => {
    const { begin } = createRetryMemory<Made>({
      max_bytes: 100,
      max_age_ms: 1_000,
      now: () => 1,
      isSettled,
    });
    let made = 0;
    const make = async () => {
      made += 1;
      return { name: `made ${made}` };
    };
    begin(bytes("request"), make, HERE);
    begin(bytes("request"), make, HERE).end(undefined, 0);
    const again = begin(bytes("request"), make, HERE);
    expect(await again.made).toEqual({ name: "made 2" });
    expect(await begin(bytes("request"), make, HERE).made).toEqual({ name: "made 2" });
  });

  it("is another request once one of its tries has been answered, in whatever order they end", async () => {
    const { begin, find } = memory();
    const [left, answered] = [begin("request"), begin("request")];
    left.end({ name: "left" }, 10);
    answered.end(undefined, 0);
    expect(await find("request")).toBe("made anew");
    const [answeredFirst, leftThen] = [begin("request"), begin("request")];
    answeredFirst.end(undefined, 0);
    leftThen.end({ name: "left" }, 10);
    expect(await find("request")).toBe("made anew");
  });

  it("is awaited as long as one of its senders is there", async () => {
    const { begin } = createRetryMemory<Made>({ max_bytes: 100, max_age_ms: 1_000, now: () => 1, isSettled });
    const [first, second] = [new AbortController(), new AbortController()];
    let isAwaited = () => false;
    const make = async (asked: () => boolean) => {
      isAwaited = asked;
      return { name: "made" };
    };
    begin(bytes("request"), make, first.signal);
    first.abort();
    expect(isAwaited()).toBe(false);
    const again = begin(bytes("request"), make, second.signal);
    expect(isAwaited()).toBe(true);
    again.end(undefined, 0);
    expect(isAwaited()).toBe(false);
  });

  it("fails for each of its tries when it cannot be made, and is made anew later", async () => {
    const { begin } = createRetryMemory<Made>({ max_bytes: 100, max_age_ms: 1_000, now: () => 1, isSettled });
    const broken = () => Promise.reject(new Error("broken"));
    const tries = [begin(bytes("request"), broken, HERE), begin(bytes("request"), broken, HERE)];
    for (const one of tries) await expect(one.made).rejects.toThrow("broken");
    for (const one of tries) one.end(undefined, 0);
    expect(await begin(bytes("request"), async () => ({ name: "whole" }), HERE).made).toEqual({
      name: "whole",
    });
  });
});

describe("the memory of retries", () => {
  it("holds no more than its bytes: the oldest goes first", async () => {
    const { leave, find } = memory(100);
    for (const name of ["first", "second", "third"]) leave(name, name, 40);
    expect(await find("first")).toBe("made anew");
    expect(await find("second")).toBe("second");
    expect(await find("third")).toBe("third");
  });

  it("does not keep what is larger than all of it, and nothing else goes for its sake", async () => {
    const { leave, find } = memory(100);
    leave("small", "small", 40);
    leave("large", "large", 101);
    expect(await find("large")).toBe("made anew");
    expect(await find("small")).toBe("small");
  });

  it("gives back the room of what was taken", async () => {
    const { leave, find } = memory(100);
    for (let i = 0; i < 10; i += 1) {
      leave(`request ${i}`, "kept", 90);
      expect(await find(`request ${i}`)).toBe("kept");
    }
  });

  it("is switched off by 0 bytes", async () => {
    const { leave, find } = memory(0);
    leave("request", "kept", 0);
    expect(await find("request")).toBe("made anew");
  });

  it("takes an empty request as any other", async () => {
    const { leave, find } = memory();
    leave("", "empty", 0);
    expect(await find("")).toBe("empty");
  });
});
