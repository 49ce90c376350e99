import { createClient } from "graphql-ws";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { z } from "zod";
import { aRun } from "../store-contract/a-run.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeEach(async () => {
  under = await startApiUnderTest();
});
afterEach(() => under.close());

const sample = (number: number, score: number, templateId = "t1") => ({
  slot: `odd ${number} shop`,
  record: anAnomaly(number, { score, templateId }),
});

describe("incidents", () => {
  const outage = Array.from({ length: 30 }, (_, i) =>
    anAnomaly(i + 1, { templateId: `t${i % 3}`, template: `error ${i % 3}`, score: 0.9 + i / 1_000 }),
  );

  it("make one entry of an outage, with what is in it", async () => {
    await under.stage.saveBatch({ ...SHOP, anomalies: outage });
    const { data, errors } = await under.ask(`{ incidents { nodes {
      id service startedAt lastAt isOngoing anomalies maxScore severity
      templates { template anomalies strongestId } strongest { id incident { id } } feedback { id } } } }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      incidents: {
        nodes: [
          {
            id: idOf(1),
            service: "shop",
            startedAt: "1970-01-01T00:00:01.000Z",
            lastAt: "1970-01-01T00:00:30.000Z",
            isOngoing: false,
            anomalies: 30,
            maxScore: 0.929,
            severity: "ERROR",
            templates: [
              { template: "error 2", anomalies: 10, strongestId: idOf(30) },
              { template: "error 1", anomalies: 10, strongestId: idOf(29) },
              { template: "error 0", anomalies: 10, strongestId: idOf(28) },
            ],
            strongest: { id: idOf(30), incident: { id: idOf(1) } },
            feedback: [],
          },
        ],
      },
    });
    const { data: one } = await under.ask(
      `{ known: incident(id: "${idOf(1)}") { anomalies } none: incident(id: "none") { id }
         anomalies(filter: { incidentId: "${idOf(1)}" }, first: 1) { totalCount } }`,
    );
    expect(one).toEqual({ known: { anomalies: 30 }, none: null, anomalies: { totalCount: 30 } });
  });

  it("are judged as a whole: the strongest anomaly of each template", async () => {
    await under.stage.saveBatch({ ...SHOP, anomalies: outage });
    const { data } = await under.ask(
      `mutation { addIncidentFeedback(input: { incidentId: "${idOf(1)}", isTrueAnomaly: false, note: "drill" }) { anomalyId isTrueAnomaly note } }`,
    );
    const given = [30, 29, 28].map((number) => ({
      anomalyId: idOf(number),
      isTrueAnomaly: false,
      note: "drill",
    }));
    const told = z
      .object({ addIncidentFeedback: z.array(z.looseObject({ anomalyId: z.string() })) })
      .parse(data);
    expect(told.addIncidentFeedback.toSorted((a, b) => (a.anomalyId < b.anomalyId ? 1 : -1))).toEqual(given);
    const { data: shown } = await under.ask(
      "{ incidents(filter: { verdict: EXPECTED }) { nodes { id feedback { anomalyId } } } }",
    );
    expect(shown).toMatchObject({ incidents: { nodes: [{ id: idOf(1), feedback: [{}, {}, {}] }] } });
    expect(
      await under.codeOf(
        'mutation { addIncidentFeedback(input: { incidentId: "none", isTrueAnomaly: true }) { id } }',
      ),
    ).toBe("NOT_FOUND");
  });

  it("are judged with their bursts, their sessions' ends and their silence, in one breath", async () => {
    const { explanation } = anAnomaly(1);
    const loudest = (detector: string) => ({
      explanation: { ...explanation, detectors: [{ detector, pValue: 1e-6, share: 1 }] },
    });
    await under.stage.saveBatch({
      ...SHOP,
      anomalies: [
        anAnomaly(1, { score: 0.95 }),
        anAnomaly(2, { score: 0.9, ...loudest("rate") }),
        anAnomaly(3, { score: 0.88, kind: "end t1", ...loudest("length") }),
        anAnomaly(4, { score: 0.87, kind: "silence", ...loudest("rate") }),
        anAnomaly(5, { score: 0.86 }),
      ],
    });
    const judged = await under.ask(
      `mutation { addIncidentFeedback(input: { incidentId: "${idOf(1)}", isTrueAnomaly: false }) { id anomalyId createdAt } }`,
    );
    const { addIncidentFeedback: given } = z
      .object({
        addIncidentFeedback: z.array(
          z.object({ id: z.string(), anomalyId: z.string(), createdAt: z.string() }),
        ),
      })
      .parse(judged.data);
    expect(given.map(({ anomalyId }) => anomalyId).toSorted()).toEqual([1, 2, 3, 4].map(idOf));
    expect(new Set(given.map(({ createdAt }) => createdAt)).size).toBe(1);
    const { labels } = await under.stage.labels({ first: 10 });
    expect(labels.map(({ kind, isTrueAnomaly }) => `${kind} ${isTrueAnomaly}`).toSorted()).toEqual([
      "end t1 false",
      "silence false",
      "t1 false",
      "t1 false",
    ]);
    for (const { id } of given) await under.ask(`mutation { undoFeedback(id: "${id}") }`);
    expect((await under.stage.labels({ first: 10 })).labels).toEqual([]);
  });

  it("keep the word on a template while it grows stronger", async () => {
    await under.stage.saveBatch({ ...SHOP, anomalies: outage.slice(0, 3) });
    await under.ask(
      `mutation { addFeedback(input: { anomalyId: "${idOf(3)}", isTrueAnomaly: true }) { id } }`,
    );
    await under.stage.saveBatch({ ...SHOP, anomalies: outage.slice(3) });
    const { data } = await under.ask(
      `{ incident(id: "${idOf(1)}") { templates { template strongestId feedback { anomalyId isTrueAnomaly } } } }`,
    );
    expect(data).toMatchObject({
      incident: {
        templates: [
          { strongestId: idOf(30), feedback: { anomalyId: idOf(3), isTrueAnomaly: true } },
          { strongestId: idOf(29), feedback: null },
          { strongestId: idOf(28), feedback: null },
        ],
      },
    });
  });

  it("keep a word on what would not be judged with them when it gives way", async () => {
    const { explanation } = anAnomaly(1);
    const ends = {
      kind: "end t1",
      explanation: { ...explanation, detectors: [{ detector: "length", pValue: 1e-6, share: 1 }] },
    };
    const flood = Array.from({ length: 1_000 }, (_, i) => anAnomaly(i + 1, { score: 0.99, timeMs: 1_000 }));
    await under.stage.saveBatch({
      ...SHOP,
      anomalies: [...flood, anAnomaly(1_001, { ...ends, timeMs: 1_000 })],
    });
    const { data } = await under.ask(
      `mutation { addFeedback(input: { anomalyId: "${idOf(1_001)}", isTrueAnomaly: false }) { id } }`,
    );
    const { addFeedback } = z.object({ addFeedback: z.object({ id: z.string() }) }).parse(data);
    await under.ask(
      "mutation($input: IncidentFeedbackInput!) { addIncidentFeedback(input: $input) { id } }",
      {
        input: { incidentId: idOf(1), isTrueAnomaly: false, replaces: [addFeedback.id] },
      },
    );
    const { labels } = await under.stage.labels({ first: 10 });
    expect(labels.map(({ kind }) => kind).toSorted()).toEqual(["end t1", "t1"]);
  });

  it.each(["silence", "silence *"])(
    "do not take that on a whole silence (%s) for one on the last message",
    async (kind) => {
      await under.stage.saveBatch({
        ...SHOP,
        anomalies: [anAnomaly(1, { score: 0.95 }), anAnomaly(2, { score: 0.9, kind })],
      });
      for (const [number, isTrueAnomaly] of [
        [1, false],
        [2, true],
      ] as const)
        await under.ask(
          `mutation { addFeedback(input: { anomalyId: "${idOf(number)}", isTrueAnomaly: ${isTrueAnomaly} }) { id } }`,
        );
      const { data } = await under.ask(
        `{ incident(id: "${idOf(1)}") { templates { feedback { anomalyId } } feedback { anomalyId } } }`,
      );
      expect(data).toEqual({
        incident: {
          templates: [{ feedback: { anomalyId: idOf(1) } }],
          feedback: [{ anomalyId: idOf(1) }, { anomalyId: idOf(2) }],
        },
      });
    },
  );

  it("keep an earlier word where the one that was to replace it is refused", async () => {
    await under.stage.saveBatch({ ...SHOP, anomalies: outage });
    const judge = async (word: object) => {
      const { data, errors } = await under.ask(
        "mutation($input: IncidentFeedbackInput!) { addIncidentFeedback(input: $input) { id } }",
        { input: { incidentId: idOf(1), ...word } },
      );
      if (errors !== undefined) return [];
      return z
        .object({ addIncidentFeedback: z.array(z.object({ id: z.string() })) })
        .parse(data)
        .addIncidentFeedback.map(({ id }) => id);
    };
    const standing = async () =>
      (await under.stage.feedbackForIncidents([idOf(1)])).map(({ id }) => id).toSorted();
    const first = await judge({ isTrueAnomaly: false });
    expect(first).toHaveLength(3);
    const refused = { isTrueAnomaly: true, note: "x".repeat(2_001), replaces: first };
    expect(await judge(refused)).toEqual([]);
    expect(await standing()).toEqual(first.toSorted());
    const second = await judge({ isTrueAnomaly: true, replaces: first });
    expect(second).toHaveLength(3);
    expect(await standing()).toEqual(second.toSorted());
    const tooMany = JSON.stringify(Array.from({ length: 1_001 }, (_, i) => `f${i}`));
    expect(
      await under.codeOf(
        `mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true, replaces: ${tooMany} }) { id } }`,
      ),
    ).toBe("BAD_USER_INPUT");
  });

  it("are judged in all of their templates or in none", async () => {
    await under.stage.saveBatch({ ...SHOP, anomalies: outage });
    const given = Array.from({ length: 100 }, (_, i) => ({
      id: `f${i}`,
      anomalyId: idOf(28),
      isTrueAnomaly: true,
      note: undefined,
      author: undefined,
      createdAtMs: 1,
    }));
    await under.stage.addFeedback(...given);
    const judge = `mutation { addIncidentFeedback(input: { incidentId: "${idOf(1)}", isTrueAnomaly: false }) { id } }`;
    expect(await under.codeOf(judge)).toBe("BAD_USER_INPUT");
    expect(await under.stage.feedbackForIncidents([idOf(1)])).toHaveLength(100);
    await under.stage.undoFeedback("f0", 2, undefined);
    expect(await under.codeOf(judge)).toBeUndefined();
    expect(await under.stage.feedbackForIncidents([idOf(1)])).toHaveLength(102);
  });

  it("are told as they grow", async () => {
    const client = createClient({ url: `ws://${under.api.address}/graphql`, webSocketImpl: WebSocket });
    const told = client.iterate({
      query: 'subscription { incidentChanged(service: "shop") { id anomalies } }',
    });
    const first = told.next();
    // What is stored before the subscription stands is not told: so it is stored until something is.
    let number = 0;
    let isTold = false;
    void first.then(() => {
      isTold = true;
    });
    while (!isTold) {
      number += 1;
      await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(number)] });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await first).value?.data).toMatchObject({ incidentChanged: { id: idOf(1) } });
    await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(number + 1), anAnomaly(number + 2)] });
    let anomalies = 0;
    while (anomalies < number + 2) {
      const next = z
        .object({ data: z.object({ incidentChanged: z.object({ anomalies: z.int() }) }) })
        .parse((await told.next()).value);
      anomalies = next.data.incidentChanged.anomalies;
    }
    expect(anomalies).toBe(number + 2);
    await told.return?.();
    await client.dispose();
  });

  it("are told as they are judged, and as that is taken back", async () => {
    await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1)] });
    const client = createClient({ url: `ws://${under.api.address}/graphql`, webSocketImpl: WebSocket });
    const told = client.iterate({
      query: 'subscription { incidentChanged(service: "shop") { id anomalies feedback { isTrueAnomaly } } }',
    });
    const next = async () => judgedIncident.parse((await told.next()).value).data.incidentChanged;
    const first = next();
    const give = "mutation($id: ID!) { addFeedback(input: { anomalyId: $id, isTrueAnomaly: true }) { id } }";
    const undo = "mutation($id: ID!) { undoFeedback(id: $id) }";
    const idGiven = async () => {
      const { data } = await under.ask(give, { id: idOf(1) });
      return z.object({ addFeedback: z.object({ id: z.string() }) }).parse(data).addFeedback.id;
    };
    // What is said before the subscription stands is not told: so it is said until something is.
    let isTold = false;
    void first.then(() => {
      isTold = true;
    });
    while (!isTold) await under.ask(undo, { id: await idGiven() });
    expect(await first).toMatchObject({ id: idOf(1), anomalies: 1 });
    const id = await idGiven();
    let heard = await next();
    while (heard.feedback.length === 0) heard = await next();
    expect(heard.feedback).toEqual([{ isTrueAnomaly: true }]);
    await under.ask(undo, { id });
    while (heard.feedback.length > 0) heard = await next();
    await told.return?.();
    await client.dispose();
  });
});

const judgedIncident = z.object({
  data: z.object({
    incidentChanged: z.object({
      id: z.string(),
      anomalies: z.int(),
      feedback: z.array(z.object({ isTrueAnomaly: z.boolean() })),
    }),
  }),
});

describe("the labelling queue", () => {
  const queue = `{ labellingQueue(first: 5) { items { anomaly { id isAlert } similar }
    progress { confirmed expected confirmedNeeded expectedNeeded unlabelled } } }`;

  it("begins with what is least certain, alert or not, and moves on as people label", async () => {
    await under.stage.saveBatch({
      ...SHOP,
      anomalies: [anAnomaly(1, { score: 0.99, templateId: "t1" }), anAnomaly(2, { score: 0.98 })],
      samples: [sample(3, 0.84, "t3"), sample(4, 0.2, "t4")],
    });
    expect((await under.ask(queue)).data).toEqual({
      labellingQueue: {
        items: [
          { anomaly: { id: idOf(3), isAlert: false }, similar: 1 },
          { anomaly: { id: idOf(4), isAlert: false }, similar: 1 },
          { anomaly: { id: idOf(2), isAlert: true }, similar: 2 },
        ],
        progress: { confirmed: 0, expected: 0, confirmedNeeded: 10, expectedNeeded: 50, unlabelled: 4 },
      },
    });
    await under.ask(
      `mutation { addFeedback(input: { anomalyId: "${idOf(3)}", isTrueAnomaly: true }) { id } }`,
    );
    expect((await under.ask(queue)).data).toMatchObject({
      labellingQueue: { progress: { confirmed: 1, unlabelled: 3 } },
    });
  });

  it("is not filled by a flood of one template, which is counted in full", async () => {
    await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1, { templateId: "rare", score: 0.99 })] });
    const flood = Array.from({ length: 2_500 }, (_, i) => anAnomaly(10 + i, { templateId: "flood" }));
    await under.stage.saveBatch({ ...SHOP, anomalies: flood });
    expect((await under.ask(queue)).data).toMatchObject({
      labellingQueue: {
        items: [{ similar: 2_500 }, { anomaly: { id: idOf(1) }, similar: 1 }],
        progress: { unlabelled: 2_501 },
      },
    });
  });

  it("refuses a size out of range and a service that nobody knows", async () => {
    expect(await under.codeOf("{ labellingQueue(first: 0) { items { similar } } }")).toBe("BAD_USER_INPUT");
    expect(await under.codeOf("{ labellingQueue(first: 101) { items { similar } } }")).toBe("BAD_USER_INPUT");
    expect(await under.codeOf('{ labellingQueue(service: "none") { items { similar } } }')).toBe("NOT_FOUND");
  });
});

describe("a threshold", () => {
  const threshold = z.object({ mode: z.string(), value: z.number(), changeId: z.string().nullable() });
  const now = async () => {
    const { data } = await under.ask('{ threshold(service: "shop") { mode value changeId } }');
    return z.object({ threshold }).parse(data).threshold;
  };
  const set = (fields: string) =>
    under.ask(`mutation { setThreshold(input: { service: "shop", ${fields} }) { mode value changeId } }`);
  beforeEach(() => under.stage.saveBatch(SHOP));

  it("keeps every change, and goes back to how it was before any of them", async () => {
    expect((await now()).changeId).toBeNull();
    await set("value: 0.95");
    await set("alertsPerDay: 2");
    const { data } = await under.ask(
      '{ threshold(service: "shop") { history { nodes { id mode value alertsPerDay author at revertOf } } } }',
    );
    const { nodes } = z
      .object({
        threshold: z.object({ history: z.object({ nodes: z.array(z.looseObject({ id: z.string() })) }) }),
      })
      .parse(data).threshold.history;
    expect(nodes).toMatchObject([
      { mode: "BUDGET", value: null, alertsPerDay: 2, revertOf: null },
      { mode: "MANUAL", value: 0.95, alertsPerDay: null, revertOf: null },
    ]);
    const revert = (id: string | undefined) =>
      under.ask(`mutation { revertThreshold(changeId: "${id}") { mode value } }`);
    expect((await revert(nodes[0]?.id)).data).toEqual({ revertThreshold: { mode: "MANUAL", value: 0.95 } });
    expect((await revert(nodes[1]?.id)).data).toMatchObject({ revertThreshold: { mode: "AUTO" } });
    const { data: after } = await under.ask(
      '{ threshold(service: "shop") { history(first: 2) { nodes { mode revertOf } pageInfo { hasNextPage } } } }',
    );
    expect(after).toEqual({
      threshold: {
        history: {
          nodes: [
            { mode: "AUTO", revertOf: nodes[1]?.id },
            { mode: "MANUAL", revertOf: nodes[0]?.id },
          ],
          pageInfo: { hasNextPage: true },
        },
      },
    });
  });

  it("is changed by one of two people who saw the same, and the other is told", async () => {
    const answers = await Promise.all([set("value: 0.9, basedOn: null"), set("value: 0.8, basedOn: null")]);
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code);
    expect(codes.toSorted()).toEqual(["CONFLICT", undefined]);
    const { value, changeId } = await now();
    expect(value).toBe(codes[0] === undefined ? 0.9 : 0.8);
    expect(
      await under.codeOf(`mutation { revertThreshold(changeId: "${changeId}", basedOn: "999") { mode } }`),
    ).toBe("CONFLICT");
    expect((await now()).changeId).toBe(changeId);
  });

  it("refuses ids that are no changes", async () => {
    expect(await under.codeOf('mutation { revertThreshold(changeId: "999") { mode } }')).toBe("NOT_FOUND");
    expect(await under.codeOf('mutation { revertThreshold(changeId: "x") { mode } }')).toBe("BAD_USER_INPUT");
    const { errors } = await set('value: 0.9, basedOn: "1e3"');
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  it("is tried on the whole distribution at once", async () => {
    const counts = Array.from({ length: 200 }, (_, i) => (i === 190 ? 7 : 0));
    await under.stage.saveBatch({
      ...SHOP,
      anomalies: [anAnomaly(1, { score: 0.95 })],
      histograms: [{ service: "shop", minuteMs: 0, counts, anomalies: 1, maxScore: 0.95 }],
    });
    await under.ask(
      `mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true }) { id } }`,
    );
    const { data } = await under.ask(
      '{ scoreDistribution(service: "shop", from: "1970-01-01T00:00:00Z", to: "1970-01-02T00:00:00Z") { counts records days labels { anomalyId score isTrueAnomaly } } }',
    );
    expect(data).toEqual({
      scoreDistribution: {
        counts,
        records: 7,
        days: 1 / 1_440,
        labels: [{ anomalyId: idOf(1), score: 0.95, isTrueAnomaly: true }],
      },
    });
    expect(await under.codeOf('{ scoreDistribution(service: "none") { records } }')).toBe("NOT_FOUND");
  });
});

it("finds anomalies by what people said last, and refuses what contradicts itself", async () => {
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1), anAnomaly(2), anAnomaly(3)] });
  await under.ask(`mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true }) { id } }`);
  const { data } = await under.ask(`{
    left: anomalies(filter: { verdict: UNLABELLED }) { totalCount }
    confirmed: anomalies(filter: { verdict: CONFIRMED, isTrueAnomaly: true, maxScore: 0.9 }) { totalCount }
    low: anomalies(filter: { maxScore: 0.5 }) { totalCount } }`);
  expect(data).toEqual({ left: { totalCount: 2 }, confirmed: { totalCount: 1 }, low: { totalCount: 0 } });
  expect(
    await under.codeOf("{ anomalies(filter: { verdict: EXPECTED, isTrueAnomaly: true }) { totalCount } }"),
  ).toBe("BAD_USER_INPUT");
});

it("tells each service's scores in one reading, and how a training went", async () => {
  const counts = Array.from({ length: 200 }, (_, i) => (i === 100 ? 3 : 0));
  await under.stage.saveBatch({
    ...SHOP,
    histograms: [{ service: "shop", minuteMs: 60_000, counts, anomalies: 1, maxScore: 0.5 }],
  });
  await under.stage.requestTraining(aRun(1));
  await under.stage.saveTrainingRun(
    aRun(1, {
      state: "REJECTED",
      finishedAtMs: 5,
      report: JSON.stringify({ curve: [{ step: 0, loss: 2.5 }] }),
    }),
  );
  const { data, errors } = await under.ask(`{
    services { name scores(from: "1970-01-01T00:00:00Z", to: "1970-01-01T02:00:00Z", buckets: 2) { records anomalies maxScore } }
    trainingRuns { nodes { losses { step loss } } } }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    services: [
      {
        name: "shop",
        scores: [
          { records: 3, anomalies: 1, maxScore: 0.5 },
          { records: 0, anomalies: 0, maxScore: 0 },
        ],
      },
    ],
    trainingRuns: { nodes: [{ losses: [{ step: 0, loss: 2.5 }] }] },
  });
});
