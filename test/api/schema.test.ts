import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildClientSchema,
  buildSchema,
  findBreakingChanges,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { type ApiUnderTest, startApiUnderTest } from "./start-api.ts";

const repository = join(import.meta.dirname, "../..");
const printed = readFileSync(join(repository, "api/schema.graphql"), "utf8");

/** What other programs rely on, as it was promised: it may grow, and nothing in it may go. */
const promised = readFileSync(join(import.meta.dirname, "promised.graphql"), "utf8");

let under: ApiUnderTest;
let served: GraphQLSchema;
beforeAll(async () => {
  under = await startApiUnderTest();
  const response = await fetch(`http://${under.api.address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true }),
    }),
  });
  const { data }: { data: IntrospectionQuery } = JSON.parse(await response.text());
  served = buildClientSchema(data);
});
afterAll(() => under.close());

const text = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema));

it("is served as api/schema.graphql prints it", () => {
  expect(text(served)).toBe(text(buildSchema(printed)));
});

it("keeps what was promised", () => {
  expect(findBreakingChanges(buildSchema(promised), served)).toEqual([]);
});

it("describes every type, field and value", () => {
  const types = Object.values(served.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const silent = types.flatMap((type) => {
    const members = isEnumType(type)
      ? type.getValues()
      : isObjectType(type) || isInputObjectType(type)
        ? Object.values(type.getFields())
        : [];
    return [
      ...(type.description ? [] : [type.name]),
      ...members.filter(({ description }) => !description).map(({ name }) => `${type.name}.${name}`),
    ];
  });
  expect(silent).toEqual([]);
});

it("is what the UI's types were generated from (npx gql.tada generate-output --tsconfig ui/tsconfig.json)", () => {
  const output = join(temporaryDirectory("logbert-schema"), "graphql-env.d.ts");
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      join(repository, "node_modules/gql.tada/bin/cli.js"),
      "generate-output",
      "--tsconfig",
      join(repository, "ui/tsconfig.json"),
      "--output",
      output,
    ],
    { cwd: repository, encoding: "utf8" },
  );
  expect(status, stderr).toBe(0);
  expect(readFileSync(join(repository, "ui/graphql-env.d.ts"), "utf8")).toBe(readFileSync(output, "utf8"));
});
