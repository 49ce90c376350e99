import type { Findings } from "./findings.ts";
import type { IdentifiedRecord, Identify, Identities } from "./record-identity.ts";

/** Requests of a capture; read twice. */
export type Capture = () => AsyncIterable<Uint8Array>;

/**
 * Compares what went into a stage with what came out of it, record by record wherever they stand: other hops may have cut and
 * joined requests and written them in another encoding. Keeps about a hundred bytes a record in memory.
 */
export async function compareCaptures(
  before: Capture,
  after: Capture,
  identities: Identities,
  findings: Findings,
): Promise<void> {
  const came = new Map<string, number>();
  for await (const record of recordsOf(after, identities.after))
    came.set(record.digest, (came.get(record.digest) ?? 0) + 1);
  const missing: IdentifiedRecord[] = [];
  for await (const record of recordsOf(before, identities.before, () => findings.request())) {
    findings.record();
    const count = came.get(record.digest) ?? 0;
    if (count > 0) came.set(record.digest, count - 1);
    else missing.push(record);
  }
  const surplus: IdentifiedRecord[] = [];
  for await (const record of recordsOf(after, identities.after)) {
    const count = came.get(record.digest) ?? 0;
    if (count > 0) surplus.push(record);
    came.set(record.digest, count - 1);
  }
  explain(missing, surplus, findings);
}

async function* recordsOf(
  capture: Capture,
  identify: Identify,
  onRequest: () => void = () => undefined,
): AsyncGenerator<IdentifiedRecord> {
  for await (const request of capture()) {
    onRequest();
    yield* identify(request);
  }
}

/** A missing record and one too many that are alike are one that was changed. Of those that are just missing, sampling explains some. */
function explain(
  missing: readonly IdentifiedRecord[],
  surplus: readonly IdentifiedRecord[],
  findings: Findings,
): void {
  const alike = Map.groupBy(surplus, ({ likeness }) => likeness);
  for (const record of missing) {
    const other = alike.get(record.likeness)?.shift();
    if (other === undefined && record.mayBeLeftOut) findings.leftOut();
    else if (other === undefined) findings.differs("a record", "did not come out");
    else findings.differs(differingParts(record, other).join(", "), "changed");
  }
  for (const records of alike.values())
    for (const _ of records)
      findings.differs("a record", "came out, or came out once more, that did not go in");
}

function differingParts(one: IdentifiedRecord, other: IdentifiedRecord): readonly string[] {
  const names = new Set([...one.parts.keys(), ...other.parts.keys()]);
  return [...names].filter((name) => one.parts.get(name) !== other.parts.get(name));
}
