import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCluster } from "./cluster.ts";
import { createParseTree } from "./parse-tree.ts";

const tokensOf = (text: string) => text.split(" ");

function treeWith(maxChildren: number, ...texts: readonly string[]) {
  const tree = createParseTree({ depth: 4, max_children: maxChildren });
  const put = (text: string) =>
    createCluster({ id: text, tokens: tokensOf(text), count: 0 }, tree.open(tokensOf(text)));
  return { tree, put, clusters: texts.map(put) };
}

describe("the parse tree", () => {
  it("has no leaf where no template was put", () => {
    const { tree } = treeWith(100, "a b c");
    expect(tree.find(tokensOf("a x c"))).toBeUndefined();
    expect(tree.find(tokensOf("a b"))).toBeUndefined();
    expect(tree.find([])).toBeUndefined();
  });

  it("leads what a full node has no branch for into one leaf", () => {
    const { tree } = treeWith(3, "a b c", "k b c", "x b c");
    expect(tree.find(tokensOf("y b c"))).toBe(tree.find(tokensOf("x b c")));
    expect(tree.find(tokensOf("a b c"))).not.toBe(tree.find(tokensOf("x b c")));
  });

  it("still finds a template of a full node when a branch has become free", () => {
    const { tree, put, clusters } = treeWith(3, "a b c", "k b c", "x b c");
    for (const { leaf } of clusters.slice(0, 2)) {
      leaf.clusters.clear();
      tree.prune(leaf, 3);
    }
    expect(put("x b d").leaf).toBe(clusters[2]?.leaf);
  });

  it("forgets the branches of templates that left, however many there were", () => {
    const { tree } = treeWith(3);
    for (let n = 0; n < 50; n += 1) {
      const tokens = [`k-${n}`, "b", "c"];
      const { leaf } = createCluster({ id: `${n}`, tokens, count: 0 }, tree.open(tokens));
      expect(leaf.branch, "never the overflow: there is room").toEqual(tokens.slice(0, 2));
      leaf.clusters.clear();
      tree.prune(leaf, 3);
      expect(tree.find(tokens)).toBeUndefined();
    }
  });

  it("ignores a branch of another depth", () => {
    const { tree } = treeWith(100);
    expect(tree.openBranch(tokensOf("a b c"), ["a"]).branch).toEqual(["a", "b"]);
  });

  it("finds every template where it was put, and a tree built from the branches alone finds the same", () => {
    const word = fc.constantFrom("a", "b", "c", "d", "e", "<NUM>");
    const texts = fc.array(
      fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" ")),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 5 }), (bodies, maxChildren) => {
        const { tree, clusters } = treeWith(maxChildren, ...bodies);
        const rebuilt = createParseTree({ depth: 4, max_children: maxChildren });
        for (const { tokens, leaf } of clusters) {
          expect(tree.find(tokens)).toBe(leaf);
          rebuilt.openBranch(tokens, leaf.branch);
        }
        for (const { tokens, leaf } of clusters) expect(rebuilt.find(tokens)?.branch).toEqual(leaf.branch);
      }),
    );
  });
});
