import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "../product/run-command.ts";
import {
  autoscaler,
  deployFile,
  disruptionBudget,
  filledSecret,
  networkPolicy,
  readAdapterRule,
  readExampleSecret,
  readObject,
  readText,
  service,
  statefulSet,
} from "./manifests.ts";

const set = readObject("stateful-set.yaml", "StatefulSet", "logbert", statefulSet);
const { template } = set.spec;
const [container] = template.spec.containers;
const stages = readObject("services.yaml", "Service", "logbert-stages", service);
const front = readObject("services.yaml", "Service", "logbert", service);
const policy = readObject("network-policy.yaml", "NetworkPolicy", "logbert", networkPolicy);
const budget = readObject("disruption-budget.yaml", "PodDisruptionBudget", "logbert", disruptionBudget);
const scaler = readObject("autoscaler.yaml", "HorizontalPodAutoscaler", "logbert", autoscaler);
const example = readExampleSecret();
const configuration = z
  .looseObject({
    receive: z.looseObject({
      grpc: z.looseObject({ endpoint: z.string() }),
      http: z.looseObject({ endpoint: z.string() }),
    }),
    forward: z.looseObject({ endpoint: z.string() }),
    store: z.looseObject({ path: z.string() }),
    api: z.looseObject({ endpoint: z.string() }),
    telemetry: z.looseObject({ metrics_endpoint: z.string() }),
  })
  .parse(parse(readText("kubernetes/logbert.yaml")));
const portNamed = (name: string) => container.ports.find((port) => port.name === name)?.containerPort;
const dockerfile = readFileSync(deployFile("../Dockerfile"), "utf8");

describe("the manifests agree", () => {
  it("on the pods", () => {
    for (const selector of [
      set.spec.selector.matchLabels,
      stages.spec.selector,
      front.spec.selector,
      policy.spec.podSelector.matchLabels,
      budget.spec.selector.matchLabels,
    ])
      expect(template.metadata.labels).toMatchObject(selector);
    expect(scaler.spec.scaleTargetRef).toEqual({ apiVersion: "apps/v1", kind: set["kind"], name: "logbert" });
    expect(scaler.spec.metrics[0].containerResource.container).toBe(container.name);
  });

  it("on the ports, which are those of the configuration", () => {
    const { receive, api, telemetry } = configuration;
    expect(container.ports.map(({ containerPort }) => `0.0.0.0:${containerPort}`)).toEqual([
      receive.grpc.endpoint,
      receive.http.endpoint,
      api.endpoint,
      telemetry.metrics_endpoint,
    ]);
    for (const { port, targetPort } of [...stages.spec.ports, ...front.spec.ports])
      expect(portNamed(targetPort)).toBe(port);
    for (const { port } of policy.spec.ingress.flatMap(({ ports }) => ports))
      expect(portNamed(String(port)), String(port)).toBeDefined();
    expect(dockerfile).toContain(
      `EXPOSE ${container.ports.map(({ containerPort }) => containerPort).join(" ")}\n`,
    );
  });

  it("on the headless Service, whose name the pods and the Collector look for", () => {
    expect(stages.spec.clusterIP).toBe("None");
    expect(set.spec.serviceName).toBe("logbert-stages");
    expect(readText("gateway.yaml")).toContain(":-logbert-stages.logbert.svc.cluster.local}");
  });

  it("on the way out, which the policy lets through", () => {
    const ports = policy.spec.egress.flatMap((rule) => rule.ports.map(({ port }) => Number(port)));
    const database = new URL(example["DATABASE_URL"] ?? "");
    for (const port of [configuration.forward.endpoint.split(":")[1], database.port, "53"])
      expect(ports).toContain(Number(port));
  });

  it("on the user, the directory that can be written to and the configuration's, which are the image's", () => {
    const { runAsUser, runAsGroup } = template.spec.securityContext;
    expect(dockerfile).toContain(`\nUSER ${runAsUser}:${runAsGroup}\n`);
    expect(dockerfile).toContain(`DB_PATH=${configuration.store.path}\n`);
    const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounts).toEqual(["/etc/logbert", "/var/lib/logbert"]);
    expect(dockerfile).toContain("LOGBERT_CONFIG=/etc/logbert/logbert.yaml ");
    expect(template.spec.volumes.map(({ name }) => name)).toEqual(
      container.volumeMounts.map(({ name }) => name),
    );
  });

  it("on the end: who stops has the time for it", () => {
    const { seconds } = container.lifecycle.preStop.sleep;
    const WITHIN_S = 10;
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(seconds + 2 * WITHIN_S);
  });

  it("on the metric that pods are added by", () => {
    expect(scaler.spec.metrics[1].pods.metric.name).toBe(readAdapterRule().as);
  });

  it("on the secrets: the configuration and the pods ask for those of the example, and for no others", () => {
    const asked = [...readText("kubernetes/logbert.yaml").matchAll(/\$\{env:(\w+)\}/g)].map(
      ([, name]) => name,
    );
    const given = container.env.flatMap(({ name, valueFrom }) =>
      valueFrom === undefined ? [] : [{ variable: name, ...valueFrom.secretKeyRef }],
    );
    for (const { variable, name, key } of given) expect([name, key]).toEqual(["logbert", variable]);
    expect(given.map(({ key }) => key).sort()).toEqual(Object.keys(example).sort());
    expect(given.map(({ key }) => key)).toEqual(expect.arrayContaining(asked));
  });
});

it("the configuration is a valid one, and none with the tokens of the example", async () => {
  const cwd = temporaryDirectory("logbert-config");
  writeFileSync(join(cwd, "logbert.yaml"), readText("kubernetes/logbert.yaml"));
  const validate = (values: Readonly<Record<string, string>>) =>
    runCommand(["validate"], { cwd, environment: { ...values, LOGBERT_CONFIG: join(cwd, "logbert.yaml") } });
  expect(await validate(filledSecret())).toMatchObject({ code: 0 });
  const { code, stderr } = await validate(example);
  expect(code).toBe(2);
  for (const key of ["receive.auth.tokens", "api.tokens"]) expect(stderr).toContain(key);
});
