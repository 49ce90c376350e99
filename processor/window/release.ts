import type { RecordView } from "../wire/record-view.ts";

/** Longest version or deployment that is kept, in UTF-16 code units. */
const CHARACTERS_MAX = 128;

/** What a service runs, as the resource of its records tells. */
export interface Release {
  /** Such as "1.4.2"; undefined where only the deployment is told. */
  readonly version: string | undefined;
  /** Tells two deployments of one version apart. */
  readonly deployment: string | undefined;
  /** Tells the releases of one service apart. */
  readonly key: string;
}

/**
 * The release that a record comes from: `service.version`, and `deployment.id` or else `deployment.name` (semantic conventions,
 * resource); undefined where none of them is a text. `deployment.environment.name` tells where a service runs, not what.
 * @param show what of a text may be kept and shown
 */
export function releaseOf(record: RecordView, show: (text: string) => string): Release | undefined {
  const textOf = (key: string): string | undefined => {
    const value = record.resourceAttribute(key);
    if (typeof value !== "string") return undefined;
    const text = value.trim().slice(0, CHARACTERS_MAX).toWellFormed();
    return text === "" ? undefined : show(text);
  };
  const version = textOf("service.version");
  const deployment = textOf("deployment.id") ?? textOf("deployment.name");
  if (version === undefined && deployment === undefined) return undefined;
  return { version, deployment, key: releaseKey(version, deployment) };
}

/** Example: "1.4.2" with deployment "7" gives `["1.4.2","7"]`, without one `["1.4.2",null]`. */
export function releaseKey(version: string | undefined, deployment: string | undefined): string {
  return JSON.stringify([version ?? null, deployment ?? null]);
}
