import { z } from "zod";

/** What an audit says. */
export type AuditVerdict =
  | { readonly kind: "clean"; readonly text: string }
  | { readonly kind: "weak"; readonly text: string }
  /** Nothing was asked: nobody knows. */
  | { readonly kind: "unknown"; readonly text: string };

const GRAVE = ["high", "critical"];

const report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string() })),
});
const failure = z.object({ message: z.string() });

/** Reads what `npm audit --json` prints. */
export function verdictOf(json: string): AuditVerdict {
  const parsed = parse(json);
  const { data } = report.safeParse(parsed);
  if (data === undefined) {
    const said = failure.safeParse(parsed).data?.message ?? "no answer that can be read";
    return { kind: "unknown", text: `known weaknesses were NOT asked for: ${said}` };
  }
  const found = Object.entries(data.vulnerabilities).map(([name, { severity }]) => ({ name, severity }));
  const grave = found.filter(({ severity }) => GRAVE.includes(severity));
  const list = found.map(({ name, severity }) => `${name} (${severity})`).join(", ");
  if (grave.length > 0) return { kind: "weak", text: `known weaknesses: ${list}` };
  return {
    kind: "clean",
    text: `no grave weakness is known${list === "" ? "" : `; lesser ones: ${list}`}`,
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
