import { encodeRequest, type NewRecord } from "../../processor/wire/encode.ts";
import type { AttributeValue } from "../../processor/wire/record-view.ts";

/** One secret of each kind, as a log would write it: what is looked for afterwards, and how it is written. */
export const CANARIES: readonly (readonly [secret: string, text: string])[] = [
  ["canary.person@secret-mail.org", "mail to canary.person@secret-mail.org"],
  ["203.0.113.77", "from 203.0.113.77:4444"],
  ["2001:db8:cafe::77", "peer 2001:db8:cafe::77"],
  ["02:ca:fe:77:ef:99", "station 02:ca:fe:77:ef:99"],
  ["4539578763621486", "card 4539578763621486"],
  ["DE89370400440532013000", "iban DE89370400440532013000"],
  [
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ",
    "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl",
  ],
  ["c4naryBearerToken0123", "sent bearer c4naryBearerToken0123"],
  ["c4naryAuthHeader", "Authorization: Basic c4naryAuthHeader=="],
  ["c4narycookie", "Cookie: sid=c4narycookie; b=1"],
  ["ghp_C4naryC4naryC4naryC4naryC4naryC4na", "key ghp_C4naryC4naryC4naryC4naryC4naryC4na"],
  ["canarypassword", "login password=canarypassword"],
  ["Tr0ub4dor&canary", '{"password":"Tr0ub4dor&canary"}'],
  ["optioncanary", "./run --db-password optioncanary"],
  ["wrapped canary", 'password: Some("wrapped canary")'],
  ["escapedcanary", "%22token%22%3A%22escapedcanary%22"],
  ["pairedcanary", '{"name":"DB_PASSWORD","value":"pairedcanary"}'],
  ["urlcanary", "dsn postgres://app:urlcanary@db/x"],
  ["MIIcanaryKEY", "-----BEGIN PRIVATE KEY-----\nMIIcanaryKEY\n-----END PRIVATE KEY-----"],
  ["+4917055512345", "call +4917055512345"],
  ["canaryuser", "open /home/canaryuser/notes.txt"],
];
const ALL = CANARIES.map(([, text]) => text).join("; ");
/** Of a sender, whose addresses are its name. */
const OF_A_SENDER = CANARIES.filter(([secret]) => !/^(?:203|2001|02:)/.test(secret));

const START_MS = Date.UTC(2026, 10, 29);
const timeUnixNano = (index: number) => BigInt(START_MS + index * 100) * 1_000_000n;

/** An ordinary stream, so that what comes after it is odd. */
export function usual(service: string): Uint8Array {
  const steps = ["order received", "stock reserved", "card charged", "order shipped"];
  const records = Array.from({ length: 2_000 }, (_, index) => ({
    timeUnixNano: timeUnixNano(index),
    severityNumber: 9,
    body: `${steps[index % steps.length]} id=${index * 7919}`,
  }));
  return encodeRequest([{ attributes: { "service.name": service, "service.version": "1.0.0" }, records }]);
}

/** Records that hold every canary in every place that has a text. */
export function canaries(service: string): readonly Uint8Array[] {
  const attributes: Readonly<Record<string, AttributeValue>> = {
    note: ALL,
    "db.password": "canarypassword",
    nested: { list: CANARIES.map(([, text]) => text), deep: { token: "c4narycookie" }, jwt: "pairedcanary" },
    entries: [{ name: "DB_PASSWORD", value: "wrapped canary" }],
    "log.record.template.wildcards": CANARIES.map(([, text]) => text),
  };
  const record = (index: number, own: Pick<NewRecord, "body"> & Partial<NewRecord>): NewRecord => ({
    timeUnixNano: timeUnixNano(3_000 + index * 50),
    severityNumber: 21,
    severityText: ALL,
    eventName: `canary ${ALL}`,
    attributes,
    ...own,
  });
  const bodies = [...CANARIES, ["", ALL] as const];
  const records = [
    ...bodies.map(([secret, text], index) =>
      record(index, {
        body: `kernel panic: ${text}`,
        // What an upstream miner has cut out of the body, without the words around it.
        attributes: { ...attributes, "log.record.template.parameter.value": secret },
      }),
    ),
    record(bodies.length, { body: { message: ALL, password: "canarypassword" } }),
    record(bodies.length + 1, {
      body: `adopted ${ALL}`,
      attributes: { ...attributes, "log.record.template": `adopted ${ALL}` },
    }),
  ];
  const scopeName = `scope ${OF_A_SENDER.map(([, text]) => text).join("; ")}`;
  const ofService = (name: string, version: string) =>
    encodeRequest([
      {
        attributes: {
          "service.name": name,
          "service.version": version,
          "service.instance.id": ALL,
          "host.note": ALL,
        },
        scopeName,
        records,
      },
    ]);
  return [
    ofService(service, "1.0.1"),
    // Names and versions are cut, so each canary has one of its own.
    ...OF_A_SENDER.map(([, text]) => ofService(service, text)),
    ...OF_A_SENDER.map(([, text], index) => ofService(`svc${index} ${text}`, "1.0.1")),
  ];
}

/** The canaries that some bytes show. */
export function shownIn(
  bytes: string | Uint8Array,
  secrets: readonly string[] = CANARIES.map(([secret]) => secret),
): readonly string[] {
  const content = Buffer.from(bytes);
  return secrets.filter((secret) => content.includes(secret));
}

/** Those that not even a sender's name or attribute may show. */
export const SENDER_SECRETS: readonly string[] = OF_A_SENDER.map(([secret]) => secret);
