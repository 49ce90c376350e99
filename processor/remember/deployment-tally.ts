import type { DeploymentDelta, NewTemplateDelta } from "../../store/deployment.ts";
import type { Deployment, LeftOut } from "../calibrate/releases.ts";
import { createServiceSlots, type ServiceSlots } from "./service-slots.ts";

/** Bounds on what is added up between two flushes. */
const DEPLOYMENTS_MAX = 1_000;
const NEW_TEMPLATES_MAX = 1_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Tallied extends Mutable<Omit<DeploymentDelta, "newTemplates">> {
  readonly newTemplates: Map<string, Mutable<NewTemplateDelta>>;
}
type Deployments = ServiceSlots<string, Tallied>;

/** Adds up what releases have brought since the last flush, in bounded memory. */
export interface DeploymentTally {
  /** A record of a release whose learning band is open. */
  record(service: string, deployment: Deployment): void;
  /** A record of a message that a release has brought, which may come from another release. */
  message(service: string, deployment: Deployment, brought: NewTemplateDelta): void;
  /** What was added up, and an empty tally again. */
  drain(): readonly DeploymentDelta[];
  /** Puts back what could not be written, so that it goes with the next batch. */
  restore(deltas: readonly DeploymentDelta[]): void;
}

/** @param onLeftOut told what there is no room for */
export function createDeploymentTally(onLeftOut: (what: LeftOut) => void): DeploymentTally {
  let deployments: Deployments = createServiceSlots(DEPLOYMENTS_MAX);
  const drain = () => {
    const deltas = deployments
      .values()
      .map((one) => ({ ...one, newTemplates: [...one.newTemplates.values()] }));
    deployments = createServiceSlots(DEPLOYMENTS_MAX);
    return deltas;
  };
  const put = (delta: DeploymentDelta) => add(deployments, delta, onLeftOut);
  return {
    record: (service, deployment) => put({ ...deltaOf(service, deployment), records: 1 }),
    message: (service, deployment, brought) =>
      put({ ...deltaOf(service, deployment), newTemplates: [brought] }),
    drain,
    restore(deltas) {
      const newer = drain();
      for (const one of [...deltas, ...newer]) put(one);
    },
  };
}

function deltaOf(service: string, { release, previous, startedMs, untilMs }: Deployment): DeploymentDelta {
  const { key, version, deployment } = release;
  return {
    service,
    release: key,
    version,
    deployment,
    previous: { version: previous.version, deployment: previous.deployment },
    startedAtMs: startedMs,
    untilMs,
    records: 0,
    newTemplates: [],
  };
}

/** In the order of time: what is known of the first record stays. */
function add(
  deployments: Deployments,
  { newTemplates, ...delta }: DeploymentDelta,
  onLeftOut: (what: LeftOut) => void,
): void {
  const entry = deployments.slot(delta.service, delta.release, () => ({
    ...delta,
    records: 0,
    newTemplates: new Map<string, Mutable<NewTemplateDelta>>(),
  }));
  if (entry === undefined) {
    onLeftOut("release");
    return;
  }
  entry.records += delta.records;
  for (const one of newTemplates) {
    const known = entry.newTemplates.get(one.templateId);
    if (known !== undefined) {
      known.count += one.count;
      known.exampleId ??= one.exampleId;
    } else if (entry.newTemplates.size < NEW_TEMPLATES_MAX)
      entry.newTemplates.set(one.templateId, { ...one });
    else onLeftOut("message");
  }
}
