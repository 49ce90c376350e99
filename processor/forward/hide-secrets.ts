import type { Metadata } from "./metadata.ts";
import type { Sender } from "./sender.ts";

/** Headers that mean a credential, among those of a sender that go on. */
const IS_CREDENTIAL = /auth|cookie|key|password|secret|token/i;
/** Shorter ones stand in any sentence, and are no secrets. */
const SECRET_CHARACTERS_MIN = 6;
/** The name of a scheme alone, as "Authorization: Bearer …" has it. */
const IS_SCHEME = /^(basic|bearer) *$/i;

/**
 * Takes what a next hop repeats of our credentials, or of a sender's, out of what it says: that is logged, and told upstream.
 * @param configured what is secret as a whole
 */
export function hideSecrets(sender: Sender, configured: readonly string[]): Sender {
  const own = partsOf(configured);
  return {
    async send(body, signal, metadata) {
      const outcome = await sender.send(body, signal, metadata);
      if (outcome.message === "") return outcome;
      const secrets = metadata === undefined ? own : [...own, ...credentialsOf(metadata.headers)];
      return { ...outcome, message: secrets.reduce(hide, outcome.message) };
    },
    close: () => sender.close(),
  };
}

/** Also where a text was cut in the middle of it. */
function hide(text: string, secret: string): string {
  let hidden = text.replaceAll(secret, "(hidden)");
  if (!hidden.includes("…")) return hidden;
  for (let length = secret.length - 1; length >= SECRET_CHARACTERS_MIN; length -= 1) {
    const beginning = secret.slice(0, length);
    if (!IS_SCHEME.test(beginning)) hidden = hidden.replaceAll(`${beginning}…`, "(hidden)…");
  }
  return hidden;
}

function credentialsOf(headers: Metadata["headers"]): readonly string[] {
  const values = Object.entries(headers).flatMap(([name, value]) =>
    IS_CREDENTIAL.test(name) ? [value] : [],
  );
  return partsOf(values);
}

/** Whole values, then their words: of "Bearer abc…" the token is the secret. The longest first, so that none leaves a rest. */
function partsOf(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => [value, ...value.split(/[\s,;=]+/)])
    .filter((part) => part.length >= SECRET_CHARACTERS_MIN && !IS_SCHEME.test(part))
    .sort((a, b) => b.length - a.length);
}
