import { z } from "zod";

/** How a client says to Kafka's brokers who it is. */
export const saslConfig = z
  .strictObject({
    mechanism: z
      .enum(["none", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
      .default("none")
      .describe("SASL mechanism. PLAIN shows the password to whoever listens: only with TLS."),
    username: z.string().default("").describe("Best as `${env:KAFKA_USERNAME}`."),
    password: z
      .string("must be text; a password of digits alone would be read as a number")
      .default("")
      .describe("Best as `${env:KAFKA_PASSWORD}`. Secret: never printed."),
  })
  .refine(
    ({ mechanism, username, password }) => mechanism === "none" || (username !== "" && password !== ""),
    "username and password are needed with a mechanism; a variable that is not set is empty",
  );
export type SaslConfig = z.infer<typeof saslConfig>;

/** host:port of a broker, also [IPv6]:port. */
export const brokerAddress = z
  .string()
  .regex(/^(?:[^\s/,:@?#[\]]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/, "must be host:port");

/** A topic's name (Apache Kafka, org.apache.kafka.common.internals.Topic). */
export const topicName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, "must be 1 to 249 letters, digits or . _ -")
  .refine((name) => name !== "." && name !== "..", "is no name of a topic");
