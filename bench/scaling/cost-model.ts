import { markdownTable } from "../../cli/evaluate/report/markdown-table.ts";
import { figure } from "../stage/statistics.ts";

/** What a kind of log costs a stage. */
export interface LogKind {
  readonly name: string;
  /** CPU time of the stage's process for a record. */
  readonly usARecord: number;
  /** What one stage takes at most, records/s. */
  readonly recordsPerSecondMax: number;
  /** Of a record on the wire, uncompressed. */
  readonly bytesARecord: number;
}

/**
 * Figures of bench/RESULTS.md (The whole stage, one, two and four stages), and the assumptions that no measurement decides. Those that
 * are measured are so on two cores of an AMD EPYC.
 */
export const COSTS = {
  /** Assumed: how full a stage, a gateway or a database is on the mean, so that peaks, trainings and new services fit in. */
  utilisation: 0.5,
  /** Assumed: stages of which the loss leaves enough. */
  spareStages: 1,
  /** One thread scores; the model, garbage collection and compiling have others. */
  vcpusAStage: 2,
  /** docs/sizing.md: 630 MiB and the API's 125, and room. Thousands of services on a stage: 3. */
  gibAStage: 1,
  /** The Collector's CPU for a record that comes in, is routed and goes out. */
  gatewayUsARecord: 2,
  /** Assumed: at least so many gateways. */
  gatewaysMin: 2,
  vcpusAGateway: 2,
  gibAGateway: 1,
  /** Statements and bytes of log that PostgreSQL has for a stage at work, and its CPU. */
  statementsAStage: 28,
  walKibAStage: 70,
  databaseMsAStage: 10,
  /**
   * For how long a stage's writing transactions of a second hold the one turn that there is: 3 ms for a second of five services
   * (PostgreSQL in the place of SQLite, on one machine), and a dozen round trips of 0.5 ms (assumed) where the server is another one.
   */
  writingMsAStage: 9,
  /** `store.max_connections` of the stage's process and of its API's. */
  connectionsAStage: 8,
  /** Assumed: attributes that a stage adds to a record. */
  bytesAdded: 150,
} as const;

/** What a rate takes. */
export interface Plan {
  readonly stages: number;
  /** What the stages use on the mean. */
  readonly usedVcpus: number;
  /** For stages that share machines, where one's peak is another's pause; no stage may be held to its share. */
  readonly sharedVcpus: number;
  /** For stages that share nothing. */
  readonly ownVcpus: number;
  readonly stageGib: number;
  readonly gateways: number;
  readonly statementsPerSecond: number;
  readonly walMibPerSecond: number;
  readonly databaseVcpus: number;
  readonly connectionsMax: number;
  /** Databases, or schemas of one: in each, one transaction writes after the other. */
  readonly databases: number;
  /** Into the gateways, into the stages, and out of them. */
  readonly networkMibPerSecond: readonly [number, number, number];
}

/** Records/s that a stage is to have at most on the mean. */
export function stageLimit({ recordsPerSecondMax }: LogKind): number {
  return recordsPerSecondMax * COSTS.utilisation;
}

const US_PER_SECOND = 1e6;
const MS_PER_SECOND = 1e3;
const MIB = 2 ** 20;
const KIB_PER_MIB = 2 ** 10;

/** @param needed stages that leave none over its limit; the spare ones come on top where there is more than one */
export function planFor(rate: number, needed: number, kind: LogKind): Plan {
  const stages = needed + (needed > 1 ? COSTS.spareStages : 0);
  const gatewayVcpus = (rate * COSTS.gatewayUsARecord) / US_PER_SECOND / COSTS.utilisation;
  const usedVcpus = (rate * kind.usARecord) / US_PER_SECOND;
  const plain = (rate * kind.bytesARecord) / MIB;
  return {
    stages,
    usedVcpus,
    sharedVcpus: Math.max(COSTS.vcpusAStage, usedVcpus / COSTS.utilisation),
    ownVcpus: stages * COSTS.vcpusAStage,
    stageGib: stages * COSTS.gibAStage,
    gateways: needed > 1 ? Math.max(COSTS.gatewaysMin, Math.ceil(gatewayVcpus / COSTS.vcpusAGateway)) : 0,
    statementsPerSecond: stages * COSTS.statementsAStage,
    walMibPerSecond: (stages * COSTS.walKibAStage) / KIB_PER_MIB,
    databaseVcpus: (stages * COSTS.databaseMsAStage) / MS_PER_SECOND / COSTS.utilisation,
    databases: Math.ceil((stages * COSTS.writingMsAStage) / MS_PER_SECOND / COSTS.utilisation),
    connectionsMax: stages * COSTS.connectionsAStage,
    networkMibPerSecond: [plain, plain, plain + (rate * COSTS.bytesAdded) / MIB],
  };
}

/** One line for each rate. */
export function planTable(rows: readonly { readonly title: string; readonly plan: Plan }[]): string {
  return markdownTable(
    [
      "",
      "stages, spare included",
      "vCPUs: used, shared, two each",
      "GiB",
      "gateways",
      "their vCPUs, GiB",
      "PostgreSQL: statements/s",
      "MiB/s to the WAL",
      "its vCPUs",
      "connections at most",
      "databases",
      "network, MiB/s: in, between, out",
    ],
    rows.map(({ title, plan }) => [
      title,
      String(plan.stages),
      [plan.usedVcpus, plan.sharedVcpus, plan.ownVcpus].map(figure).join(", "),
      String(plan.stageGib),
      String(plan.gateways),
      `${plan.gateways * COSTS.vcpusAGateway}, ${plan.gateways * COSTS.gibAGateway}`,
      figure(plan.statementsPerSecond),
      figure(plan.walMibPerSecond),
      figure(plan.databaseVcpus),
      String(plan.connectionsMax),
      String(plan.databases),
      plan.networkMibPerSecond.map(figure).join(", "),
    ]),
  );
}
