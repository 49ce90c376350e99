/** First digits of the card networks, with their lengths (ISO/IEC 7812): Visa, Mastercard, Amex, Discover and others, Diners. */
const NETWORK =
  /^(?:4\d{12}|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|2\d\d|4[4-9]\d|5\d\d)\d{12}|62\d{15,17}|6(?:304|759|76[1-3])\d{8,15}|5(?:018|020|038|893)\d{8,15}|35[2-8]\d{13}|3(?:0[0-5]|[689]\d)\d{11})$/;

/** Whether the digits are a card number: a network's prefix and length, and the Luhn check digit. */
export function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, "");
  if (!NETWORK.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = digit * 2 - (digit > 4 ? 9 : 0);
    sum += i % 2 === 0 ? digit : doubled;
  }
  return sum % 10 === 0;
}

/** First groups of addresses in use (IANA, IPv6 global unicast, unique local, link local, multicast, NAT64). */
const IPV6_PREFIX = /^(?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]|ff[0-9a-f]{2}|64)$/i;

/**
 * Whether the text is an IPv6 address (RFC 4291, section 2.2): 8 groups, or fewer and one `::`, the last two maybe as IPv4. What may
 * as well be a name ("abc::def") or bytes ("00:1f:a2:…") is none.
 */
export function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  if (last === undefined) return false;
  const isMixed = last.includes(".");
  if (isMixed && !/^(?:\d{1,3}\.){3}\d{1,3}$/.test(last)) return false;
  const hexadecimal = isMixed ? groups.slice(0, -1) : groups;
  if (!hexadecimal.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = groups.length + (isMixed ? 1 : 0);
  if (halves.length === 1) return count === 8 && groups.some((group) => group.length > 2);
  const isUsual = halves[0] === "" ? /\d/.test(text) : IPV6_PREFIX.test(groups[0] ?? "");
  return count < 8 && isUsual;
}

/** Characters of an IBAN by country (SWIFT IBAN registry). */
const IBAN_CHARACTERS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MR: 27,
  MT: 31,
  MU: 30,
  NL: 18,
  NO: 15,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  SA: 24,
  SC: 31,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
};

/** How many characters of the text, blanks between them included, are an IBAN: by its country's length and ISO 7064 mod 97; 0: none. */
export function ibanCharacters(text: string): number {
  const length = IBAN_CHARACTERS[text.slice(0, 2)];
  if (length === undefined) return 0;
  let compact = "";
  let at = 0;
  for (; at < text.length && compact.length < length; at += 1) if (text[at] !== " ") compact += text[at];
  if (compact.length < length || /[A-Z0-9]/.test(text[at] ?? "")) return 0;
  let rest = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1 ? at : 0;
}
