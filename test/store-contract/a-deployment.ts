import type { DeploymentDelta, NewTemplateDelta } from "../../store/deployment.ts";

/** A release of "shop", which brings no message unless they are given. */
export function aDeployment(fields: Partial<DeploymentDelta> = {}): DeploymentDelta {
  const version = fields.version ?? "1.4.2";
  return {
    service: "shop",
    release: version,
    version,
    deployment: undefined,
    previous: { version: "1.4.1", deployment: undefined },
    startedAtMs: 1_000,
    untilMs: 5_000,
    records: 10,
    newTemplates: [],
    ...fields,
  };
}

/** A message that a release brings. */
export function aNewTemplate(fields: Partial<NewTemplateDelta> = {}): NewTemplateDelta {
  return {
    templateId: "t1",
    text: "gift card <*> prepared",
    severityNumber: 9,
    count: 1,
    firstSeenMs: 2_000,
    body: "gift card 7 prepared",
    exampleId: undefined,
    ...fields,
  };
}
