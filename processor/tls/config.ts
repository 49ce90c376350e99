import { z } from "zod";

const file = z.string().default("");

/** What both ends of a connection have, by the Collector's names (configtls). */
export const tlsVersionConfig = {
  min_version: z
    .enum(["1.2", "1.3"], 'must be "1.2" or "1.3", in quotation marks')
    .default("1.2")
    .describe("Least version of TLS."),
  reload_interval_ms: z
    .int()
    .min(100)
    .max(86_400_000)
    .default(10_000)
    .describe(
      "How often is looked whether the files have changed; files that cannot be used leave those before them in force.",
    ),
};

/**
 * TLS of the side that connects.
 * @param enabled what switching it on means there
 */
export const clientTlsConfig = (enabled: string) =>
  z
    .strictObject({
      enabled: z.boolean().default(false).describe(enabled),
      ca_file: file.describe('PEM file of the authority; "" for the system\'s.'),
      cert_file: file.describe("PEM certificate of this client (mTLS)."),
      key_file: file.describe("PEM key of this client (mTLS)."),
      ...tlsVersionConfig,
    })
    .refine(
      ({ cert_file, key_file }) => (cert_file === "") === (key_file === ""),
      "cert_file and key_file go together",
    );
export type ClientTlsConfig = z.infer<ReturnType<typeof clientTlsConfig>>;

/** TLS of a door. */
export const serverTlsConfig = z
  .strictObject({
    cert_file: file.describe('PEM certificate chain of this server; "" for no TLS.'),
    key_file: file.describe("PEM key of this server."),
    client_ca_file: file.describe(
      'PEM file of the authorities whose clients are let in (mutual TLS); "" asks clients for no certificate.',
    ),
    ...tlsVersionConfig,
  })
  .superRefine(({ cert_file, key_file, client_ca_file }, context) => {
    const problem = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    if (cert_file !== "" && key_file === "") problem("key_file", "is needed with cert_file");
    if (cert_file === "" && key_file !== "") problem("cert_file", "is needed with key_file");
    if (cert_file === "" && client_ca_file !== "")
      problem("cert_file", "is needed with client_ca_file: without it there is no TLS");
  });
export type ServerTlsConfig = z.infer<typeof serverTlsConfig>;
