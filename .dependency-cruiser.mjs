// The rooms of the processor in the order a record walks through them: a room may look back, never ahead.
const walk = ["wire", "template", "window", "detect", "calibrate", "redact", "explain", "thin", "enrich"];
// Side rooms are handed in by stage.ts; no walking room imports them.
const sideRooms = [
  "flow",
  "receive",
  "forward",
  "grpc",
  "tls",
  "kafka",
  "remember",
  "memory",
  "inference",
  "learn",
  "promote",
  "canary",
  "telemetry",
];

const lookAhead = walk.map((room, i) => {
  const ahead = [...walk.slice(i + 1), ...sideRooms];
  return {
    name: `processor-${room}-looks-ahead`,
    comment: `${room}/ must not know ${ahead.join(", ")} or pipeline.ts. Move the shared type back into ${room}/, or have stage.ts hand the thing in.`,
    severity: "error",
    from: { path: `^processor/${room}/` },
    to: { path: `^processor/(${ahead.join("|")})/|^processor/[^/]+[.]ts$` },
  };
});

const oneFileOnly = (library, file) => ({
  name: `one-file-for-${library.replace(/\W+/g, "-")}`,
  comment: `Only ${file} may import ${library}, so that replacing it is one file's change.`,
  severity: "error",
  from: { pathNot: `${file}|[.]test[.]ts$|^test/|^bench/` },
  to: { path: `node_modules/${library}` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...lookAhead,
    {
      name: "nobody-above-the-pipeline",
      severity: "error",
      comment:
        "pipeline.ts and stage.ts compose the rooms; a room that needs them has a type in the wrong place.",
      from: { path: "^processor/[^/]+/" },
      to: { path: "^processor/[^/]+[.]ts$" },
    },
    {
      name: "no-circular",
      severity: "error",
      comment: "Break the circle by moving the shared type to the room that runs first.",
      from: {},
      to: { circular: true },
    },
    {
      name: "halves-meet-in-store",
      severity: "error",
      comment: "processor/ and api/ never call each other: what one tells the other goes through store/.",
      from: { path: "^(processor|api)/" },
      to: { path: "^(processor|api)/", pathNot: "^$1/" },
    },
    {
      name: "store-knows-nobody",
      severity: "error",
      comment: "store/ is the shared ground: move what it needs into store/.",
      from: { path: "^store/" },
      to: { path: "^(processor|api|cli|ui)/" },
    },
    {
      name: "migrations-are-frozen",
      severity: "error",
      comment:
        "A migration does the same for ever: live code would write columns or JSON into an old database that a later migration has yet to make. Write it out.",
      from: { path: "^store/migrations/" },
      to: { path: "^store/", pathNot: "^store/migrations/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "only-cli-composes",
      severity: "error",
      comment: "Nothing imports the composition root.",
      from: { pathNot: "^(cli|test|bench|models|bin)/" },
      to: { path: "^cli/" },
    },
    {
      name: "ui-over-the-wire",
      severity: "error",
      comment: "The UI talks GraphQL only; its types come from api/schema.graphql.",
      from: { path: "^ui/" },
      to: { path: "^(processor|api|store|cli)/" },
    },
    {
      name: "io-at-the-edges",
      severity: "error",
      comment: "Rooms a record walks through are pure: sockets, files, threads and clocks are handed in.",
      from: { path: `^processor/(${walk.join("|")})/`, pathNot: "[.]test[.]ts$" },
      to: {
        dependencyTypes: ["core"],
        path: "^(node:)?(fs|net|http|http2|https|tls|dgram|child_process|worker_threads|timers)(/|$)",
      },
    },
    oneFileOnly("(better-sqlite3|pg)/", "^store/(sqlite|lock-directory|postgres|postgres-client)[.]ts$"),
    oneFileOnly(
      "onnxruntime-node/",
      "^processor/inference/((onnx|text-encoder)-session|training-graph|pretrained/transformer-graph)[.]ts$",
    ),
    oneFileOnly(
      "@huggingface/tokenizers/",
      "^processor/inference/(word-pieces|pretrained/(piece-tokenizer|word-cutter))[.]ts$",
    ),
    oneFileOnly(
      "@opentelemetry/",
      "^(processor/telemetry/(metrics|traces|trace-provider)|api/alerts/otlp-(client|event))[.]ts$",
    ),
    oneFileOnly("@grpc/", "^api/alerts/otlp-client[.]ts$"),
    oneFileOnly("@connectrpc/", "^processor/receive/services/[^/]+[.]ts$"),
    oneFileOnly("@platformatic/kafka/", "^processor/kafka/[^/]+[.]ts$"),
    oneFileOnly("@google/generative-ai/", "^api/llm/gemini[.]ts$"),
    oneFileOnly("cockatiel/", "^api/llm/ask-with-care[.]ts$"),
    oneFileOnly("pino/", "^processor/telemetry/log[.]ts$"),
    {
      name: "no-test-code-in-production",
      severity: "error",
      comment: "Production code must not lean on tests or benchmarks.",
      from: { path: "^(processor|api|store|cli|ui)/", pathNot: "[.]test[.]tsx?$" },
      to: { path: "^(test|bench)/|[.]test[.]tsx?$" },
    },
    {
      name: "not-to-dev-dependency",
      severity: "error",
      comment: "What ships must be in dependencies.",
      from: { path: "^(processor|api|store|cli)/", pathNot: "[.]test[.]ts$" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "nothing-unresolved",
      severity: "error",
      comment: "This import leads nowhere.",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-orphans",
      severity: "error",
      comment: "Unused file: use it or delete it.",
      from: { orphan: true, pathNot: "[.]test[.]ts$|[.]config[.]|[.]mjs$|[.]d[.]ts$" },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|proto/gen|\\.cache)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
