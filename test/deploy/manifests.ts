import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";

const deploy = join(import.meta.dirname, "../../deploy");

/** A file of deploy/. */
export function deployFile(name: string): string {
  return join(deploy, name);
}

export function readText(name: string): string {
  return readFileSync(deployFile(name), "utf8");
}

/** The one object of that kind and name in a file of deploy/kubernetes/, in the shape that is asked for. */
export function readObject<T extends z.ZodType>(
  file: string,
  kind: string,
  name: string,
  shape: T,
): z.infer<T> {
  const found = parseAllDocuments(readText(`kubernetes/${file}`))
    .map((document) => z.looseObject({ kind: z.string(), metadata: named }).parse(document.toJS()))
    .filter((one) => one.kind === kind && one.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} of ${kind} ${name} in ${file}`);
  return shape.parse(found[0]);
}

const named = z.looseObject({ name: z.string() });
const labels = z.record(z.string(), z.string());
const variable = z.looseObject({
  name: z.string(),
  valueFrom: z
    .strictObject({ secretKeyRef: z.strictObject({ name: z.string(), key: z.string() }) })
    .optional(),
});
const httpProbe = z.looseObject({ httpGet: z.strictObject({ path: z.string(), port: z.string() }) });
const grpcProbe = z.looseObject({ grpc: z.strictObject({ port: z.number() }) });
const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(variable),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.number() })),
  resources: z.strictObject({ requests: labels, limits: labels }),
  startupProbe: httpProbe,
  readinessProbe: grpcProbe,
  livenessProbe: grpcProbe,
  lifecycle: z.strictObject({
    preStop: z.strictObject({ sleep: z.strictObject({ seconds: z.number() }) }),
  }),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
});

/** What is looked at of the StatefulSet. */
export const statefulSet = z.looseObject({
  metadata: named,
  spec: z.looseObject({
    serviceName: z.string(),
    selector: z.strictObject({ matchLabels: labels }),
    template: z.strictObject({
      metadata: z.strictObject({ labels }),
      spec: z.looseObject({
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.looseObject({ runAsUser: z.number(), runAsGroup: z.number() }),
        containers: z.tuple([container]),
        volumes: z.array(named),
      }),
    }),
  }),
});

/** The same of the others. */
export const service = z.looseObject({
  spec: z.looseObject({
    clusterIP: z.string().optional(),
    selector: labels,
    ports: z.array(z.looseObject({ name: z.string(), port: z.number(), targetPort: z.string() })),
  }),
});
export const disruptionBudget = z.looseObject({
  spec: z.looseObject({ selector: z.strictObject({ matchLabels: labels }) }),
});
const policyPort = z.looseObject({ port: z.union([z.string(), z.number()]) });
export const networkPolicy = z.looseObject({
  spec: z.looseObject({
    podSelector: z.strictObject({ matchLabels: labels }),
    ingress: z.array(z.looseObject({ ports: z.array(policyPort) })),
    egress: z.array(z.looseObject({ ports: z.array(policyPort) })),
  }),
});
const podsMetric = z.looseObject({
  type: z.literal("Pods"),
  pods: z.looseObject({ metric: named }),
});
const containerMetric = z.looseObject({
  type: z.literal("ContainerResource"),
  containerResource: z.looseObject({ container: z.string() }),
});
export const autoscaler = z.looseObject({
  spec: z.looseObject({
    scaleTargetRef: z.strictObject({ apiVersion: z.string(), kind: z.string(), name: z.string() }),
    metrics: z.tuple([containerMetric, podsMetric]),
  }),
});
const secret = z.looseObject({ metadata: named, stringData: labels });

/** The rule of deploy/prometheus-adapter.yaml. */
export function readAdapterRule(): { readonly series: string; readonly as: string } {
  const rule = z.looseObject({
    seriesQuery: z.string(),
    name: z.strictObject({ as: z.string() }),
    metricsQuery: z.string(),
  });
  const { rules } = z
    .strictObject({ rules: z.tuple([rule]) })
    .parse(parse(readText("prometheus-adapter.yaml")));
  const [{ seriesQuery, name }] = rules;
  return { series: /^\w+/.exec(seriesQuery)?.[0] ?? "", as: name.as };
}

/** The values of the example's Secret, as they stand there. */
export function readExampleSecret(): Readonly<Record<string, string>> {
  return readObject("secret.example.yaml", "Secret", "logbert", secret).stringData;
}

/** The same with tokens put in. */
export function filledSecret(): Readonly<Record<string, string>> {
  const filled = Object.entries(readExampleSecret()).map(([name, value]) => [
    name,
    value === "REPLACE-ME" ? `${name}-0123456789abcdef` : value,
  ]);
  return Object.fromEntries(filled);
}
