/** First digits of the card networks, with their lengths (ISO/IEC 7812): Visa, Mastercard, Amex, Discover and others, Diners. */
const NETWORK = /^(?:4\d{12}|4\d{15}|4\d{18}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6\d{15,18}|3[068]\d{12})$/;

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

/** Whether the text is an IPv6 address (RFC 4291, section 2.2): 8 groups, or fewer and one `::`, the last two maybe as IPv4. */
export function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  if (last === undefined) return false;
  const isMixed = last.includes(".");
  if (isMixed && !/^(?:\d{1,3}\.){3}\d{1,3}$/.test(last)) return false;
  const hexadecimal = isMixed ? groups.slice(0, -1) : groups;
  const count = groups.length + (isMixed ? 1 : 0);
  const isComplete = halves.length === 2 ? count < 8 : count === 8;
  return isComplete && hexadecimal.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
}
