import { describe, expect, it } from "vitest";
import { templateConfig } from "./config.ts";
import { createDrain, type Drain } from "./drain.ts";
import type { StoredTemplate } from "./template-miner.ts";

function drain(settings: object = {}) {
  const evicted: StoredTemplate[] = [];
  return { tree: createDrain(templateConfig.parse(settings), (template) => evicted.push(template)), evicted };
}

const tokensOf = (text: string) => text.split(" ");

/** Puts a body where a miner would; its text is the id of the template that it founds. */
function put(tree: Drain, text: string): string {
  const tokens = tokensOf(text);
  const cluster = tree.find(tokens) ?? tree.insert({ id: text, tokens, count: 0 });
  tree.join(cluster, tokens);
  return cluster.text;
}

describe("which template a body joins", () => {
  it.each([
    ["one of the same length and similar enough", "link is k-1 down", "link is k-2 down", "link is <*> down"],
    ["none of another length", "link k-1 is down", "link k-1 is", "link k-1 is"],
    ["none with another leading token", "link k-1 is down", "port k-1 is down", "port k-1 is down"],
    ["none that is less similar than asked", "a b k-1 k-2 k-3", "a b k-4 k-5 k-6", "a b k-4 k-5 k-6"],
    ["none that differs in a plain word", "disk is full now", "disk is empty now", "disk is empty now"],
    [
      "one that starts with another value of the same kind",
      "<NUM> bytes read k-1",
      "<NUM> bytes read k-2",
      "<NUM> bytes read <*>",
    ],
    [
      "one that starts with another dotted name",
      "org.a.b: went k-1 away",
      "org.a.c: went k-1 away",
      "<*> went k-1 away",
    ],
  ])("%s", (_, first, second, expected) => {
    const { tree } = drain();
    put(tree, first);
    expect(put(tree, second)).toBe(expected);
  });

  it("the most similar of several", () => {
    const { tree } = drain();
    put(tree, "a b k-1 k-2 k-3 k-4");
    put(tree, "a b u-1 u-2 u-3 u-4");
    expect(put(tree, "a b k-1 u-2 u-3 u-4")).toBe("a b <*> u-2 u-3 u-4");
  });

  it("of equally similar ones the most general", () => {
    const { tree } = drain();
    tree.insert({ id: "special", tokens: tokensOf("a b k-1 <*>"), count: 0 });
    tree.insert({ id: "general", tokens: tokensOf("a b <*> <*>"), count: 0 });
    tree.insert({ id: "special too", tokens: tokensOf("a b <*> u-1"), count: 0 });
    expect(tree.find(tokensOf("a b k-1 u-1"))?.id).toBe("general");
  });

  it("where all tokens vary: the one template of that length", () => {
    const { tree } = drain();
    put(tree, "<NUM> <NUM>");
    expect(put(tree, "<NUM> <IP>")).toBe("<NUM> <*>");
  });

  it("for an empty body: the empty template", () => {
    const { tree } = drain();
    tree.insert({ id: "empty", tokens: [], count: 0 });
    expect(tree.find([])?.id).toBe("empty");
  });
});

describe("the two settings of Drain", () => {
  const grouped = (settings: object, ...bodies: readonly string[]) => {
    const { tree } = drain(settings);
    for (const body of bodies) put(tree, body);
    return tree.size();
  };

  it("similarity: the share of equal tokens from which on bodies are one template, itself included", () => {
    const bodies = ["a b k-1 k-2", "a b k-3 k-4"];
    expect(grouped({ similarity: 0.5 }, ...bodies)).toBe(1);
    expect(grouped({ similarity: 0.51 }, ...bodies)).toBe(2);
  });

  it("depth: how many leading tokens must be equal, which is two less", () => {
    const bodies = ["a k-1 c d e", "a k-2 c d e"];
    expect(grouped({ depth: 3 }, ...bodies)).toBe(1);
    expect(grouped({ depth: 4 }, ...bodies)).toBe(2);
  });
});

describe("templates that there is no room for", () => {
  it("leave in the order in which they were last used", () => {
    const { tree, evicted } = drain({ max_templates: 10 });
    const bodies = Array.from({ length: 10 }, (_, n) => `k-${n} u-${n} go`);
    for (const body of bodies) put(tree, body);
    put(tree, "k-0 u-0 go");
    put(tree, "k-10 u-10 go");
    put(tree, "k-11 u-11 go");
    expect(evicted.map(({ id }) => id)).toEqual(["k-1 u-1 go", "k-2 u-2 go"]);
    expect(tree.size()).toBe(10);
  });

  it("leave a leaf that is too long to be searched", () => {
    const { tree, evicted } = drain({ max_leaf_templates: 2, similarity: 1 });
    for (const last of ["k-1", "k-2", "k-3"]) put(tree, `same head ${last}`);
    expect(evicted.map(({ id }) => id)).toEqual(["same head k-1"]);
    expect(tree.find(tokensOf("same head k-1"))).toBeUndefined();
  });

  it("leave a leaf in the order in which they were last used", () => {
    const { tree, evicted } = drain({ max_leaf_templates: 2, similarity: 1 });
    for (const last of ["k-1", "k-2", "k-1", "k-3"]) put(tree, `same head ${last}`);
    expect(evicted.map(({ id }) => id)).toEqual(["same head k-2"]);
  });

  it("leave their place in the tree to others", () => {
    const { tree } = drain({ max_templates: 10, max_children: 13 });
    for (let n = 0; n < 40; n += 1) put(tree, `k-${n} u-${n} go`);
    expect([...tree.stored()].map(({ branch }) => branch?.[0])).toEqual(
      Array.from({ length: 10 }, (_, n) => `k-${n + 30}`),
    );
  });

  it("keep their id to themselves: one that is put in twice is there once", () => {
    const { tree } = drain();
    tree.insert({ id: "x", tokens: ["a", "b"], count: 3 });
    tree.insert({ id: "x", tokens: ["c", "d"], count: 4 });
    expect([...tree.stored()].map(({ tokens }) => tokens)).toEqual([["c", "d"]]);
    expect(tree.find(["a", "b"])).toBeUndefined();
  });
});
