import { expect } from "vitest";
import { stringify } from "yaml";
import { kubernetes, testWith } from "../helpers/requirement.ts";
import { type Kube, startKube } from "./kube.ts";
import { deployFile, readObject, readText, statefulSet } from "./manifests.ts";

/** What `kubectl apply -k` makes, but for the Namespace. */
const OBJECTS = [
  "configmap",
  "horizontalpodautoscaler.autoscaling",
  "networkpolicy.networking.k8s.io",
  "poddisruptionbudget.policy",
  "service",
  "serviceaccount",
  "statefulset.apps",
];

testWith([kubernetes()], "a real API server takes deploy/kubernetes as it is", async ([program = ""]) => {
  const kube = await startKube(program);
  try {
    expectApplied(kube);
    expectPodAdmitted(kube);
  } finally {
    await kube.stop();
  }
});

testWith([kubernetes()], "and would have told what is wrong", async ([program = ""]) => {
  const kube = await startKube(program);
  const apply = (file: string, from: string, to: string) => {
    const text = readText(`kubernetes/${file}`);
    expect(text).toContain(from);
    return kube.kubectl(["apply", "--validate=strict", "--dry-run=server", "-f", "-"], text.replace(from, to))
      .stderr;
  };
  try {
    expect(apply("stateful-set.yaml", "minReadySeconds", "minReadySecond")).toContain(
      'unknown field "spec.minReadySecond"',
    );
    expect(apply("stateful-set.yaml", "name: config, mountPath", "name: confg, mountPath")).toContain(
      'volumeMounts[0].name: Not found: "confg"',
    );
    expect(apply("autoscaler.yaml", "maxReplicas: 8", "maxReplicas: 1")).toContain(
      "must be greater than or equal to `minReplicas`",
    );
    expect(apply("network-policy.yaml", "protocol: UDP", "protocol: UDB")).toContain("supported values");
  } finally {
    await kube.stop();
  }
});

function expectApplied(kube: Kube): void {
  const applied = kube.kubectl(["apply", "--validate=strict", "-k", deployFile("kubernetes")]);
  expect(applied).toMatchObject({ status: 0, stderr: "" });
  expect(applied.stdout.split("\n").filter((line) => line.endsWith(" created"))).toHaveLength(9);
  const example = kube.kubectl([
    "apply",
    "--validate=strict",
    "-f",
    deployFile("kubernetes/secret.example.yaml"),
  ]);
  expect(example).toMatchObject({ status: 0, stderr: "", stdout: "secret/logbert created\n" });
  const { stdout } = kube.kubectl(["get", OBJECTS.join(","), "-n", "logbert", "-o", "name"]);
  const kinds = stdout.trim().split("\n");
  expect([...new Set(kinds.map((name) => name.split("/")[0]))].sort()).toEqual(OBJECTS);
}

/** No controller makes pods here, so one of the template is put to the server, which judges it by the namespace's standard. */
function expectPodAdmitted(kube: Kube): void {
  const { metadata, spec } = readObject("stateful-set.yaml", "StatefulSet", "logbert", statefulSet).spec
    .template;
  const put = (podSpec: unknown) =>
    kube.kubectl(
      ["apply", "--dry-run=server", "-f", "-"],
      stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { ...metadata, name: "logbert-0", namespace: "logbert" },
        spec: podSpec,
      }),
    );
  expect(put(spec)).toMatchObject({ status: 0, stderr: "" });
  const [container] = spec.containers;
  const escalating = { ...container, securityContext: { allowPrivilegeEscalation: true } };
  expect(put({ ...spec, containers: [escalating] }).stderr).toContain('violates PodSecurity "restricted');
}
