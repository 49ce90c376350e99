import { expect, it } from "vitest";
import { fillBlock } from "./generated-block.ts";

it("a block is filled anew, and what people wrote around it stays", () => {
  const first = fillBlock("# Measurements\n\nBy hand.\n", "wire", "The wire", "1 µs");
  expect(first).toBe(
    "# Measurements\n\nBy hand.\n\n### The wire\n\n<!-- generated: wire -->\n\n1 µs\n\n<!-- end of wire -->\n",
  );
  const annotated = first.replace("### The wire\n", "### The wire, which is quick\n\nWhy it is.\n");
  const second = fillBlock(`${annotated}\nAfter it.\n`, "wire", "The wire", "2 µs");
  expect(second).toContain(
    "Why it is.\n\n<!-- generated: wire -->\n\n2 µs\n\n<!-- end of wire -->\n\nAfter it.",
  );
  expect(second).not.toContain("1 µs");
});

it("a block that lost its end is not guessed", () => {
  expect(() => fillBlock("<!-- generated: wire -->\n\nprose", "wire", "The wire", "2")).toThrow(/no end/);
});
