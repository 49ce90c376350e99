import { matching, type Range, type Rule } from "./rule.ts";
import { isOwnWord } from "./secret-names.ts";
import { SEVEN_DIGITS } from "./text-traits.ts";

/** Country calling codes in use (ITU-T E.164, list of 2024). */
const CALLING_CODE =
  /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[12368]|2[2-689]\d|3[578]\d|42[013]|5[09]\d|6[789]\d|80[08]|85[02356]|88[06]|9[679]\d)/;
/** Digits, the code included, where a country's numbers have one length: [fewest, most]. */
const DIGITS: Readonly<Record<string, readonly [number, number]>> = {
  "1": [11, 11],
  "7": [11, 11],
  "31": [11, 11],
  "33": [11, 11],
  "34": [11, 11],
  "41": [11, 11],
  "44": [11, 12],
  "48": [11, 11],
  "45": [10, 10],
  "47": [10, 10],
  "61": [11, 11],
  "91": [12, 12],
  "86": [13, 13],
};
const DIGITS_ELSEWHERE: readonly [number, number] = [10, 13];

const INTERNATIONAL = /(?<![\w+.])(?:\+|00(?=[1-9]\d[ ./()-]))[1-9][\d ()./-]{6,24}\d/g;

/** Of bytes that go on. */
const HEXADECIMAL_BEHIND = /^ [0-9a-f]{2}\b/i;

/** As many groups of digits as make a number of that country. */
function international({ index, input, 0: text }: RegExpExecArray): Range | undefined {
  const prefix = text.startsWith("+") ? 1 : 2;
  const code = CALLING_CODE.exec(text.slice(prefix))?.[0];
  if (
    code === undefined ||
    HEXADECIMAL_BEHIND.test(input.slice(index + text.length, index + text.length + 4))
  )
    return undefined;
  const [fewest, most] = DIGITS[code] ?? DIGITS_ELSEWHERE;
  let digits = 0;
  let end = 0;
  for (let at = prefix; at < text.length && digits <= most; at += 1) {
    if (/\d/.test(text[at] ?? "")) digits += 1;
    const isGroupEnd = !/\d/.test(text[at + 1] ?? "");
    if (isGroupEnd && /\d/.test(text[at] ?? "") && digits >= fewest && digits <= most) end = at + 1;
  }
  return end === 0 ? undefined : [index, index + end];
}

const NATIONAL: readonly RegExp[] = [
  // United States and Canada: (415) 555-2671, 415-555-2671, 1-800-555-0199
  /(?<![\w.+-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?[2-9]\d{2}[ .-]|[2-9]\d{2}([.-])[2-9]\d{2}\1)\d{4}(?![\w]|[.-]\d)/g,
  // France: 01 23 45 67 89
  /(?<![\w.+-]|\d )0[1-9]([ .-])\d{2}(?:\1\d{2}){3}(?!\w|[ .-]\d| [0-9A-Fa-f]{2}\b)/g,
  // United Kingdom: 020 7946 0958, 07700 900123, 0161 496 0000
  /(?<![\w.+-]|\d )0(?:20 \d{4} \d{4}|7\d{3} \d{6}|7\d{3} \d{3} \d{3}|1\d{3} \d{6}|1\d{2} \d{3} \d{4})(?!\w|[ .-]\d)/g,
  // Germany: 030/1234567, 0221-1234567, 0170 1234567
  /(?<![\w.+/[-]|\d )0(?:[2-9]\d{1,4}[/-]|1[5-7]\d[ /-]|(?:30|40|69|89) )\d{6,8}(?!\w|[ ./-]\d)/g,
];

/** What is counted and numbered, and called by nobody. */
const NUMBERED =
  /(?<![a-z])(?:part|order|article|item|serial|invoice|ticket|case|sku|batch|lot|parcel|reference|ref)(?:[ _-]?(?:number|num|no|nr|id))?\.?["']?[ :=#]{1,3}["']?$/i;
const NUMBERED_CHARACTERS = 24;

function national({ index, input, 0: text }: RegExpExecArray): Range | undefined {
  const before = input.slice(Math.max(0, index - NUMBERED_CHARACTERS), index);
  return NUMBERED.test(before) ? undefined : [index, index + text.length];
}

const NAMED =
  /((?:phone|tel|telephone|mobile|msisdn|fax|sms|whatsapp|caller)(?:[_ -]?(?:no|num|number|nr))?\.?\\?["']?\s?[:=# ]\s?\\?["']?)\+?[\d(][\d ().-]{5,20}\d(?!\w)/gi;

function named({ index, input, 0: text, 1: name = "" }: RegExpExecArray): Range | undefined {
  if (!isOwnWord(input, index)) return undefined;
  const digits = text.slice(name.length).replaceAll(/\D/g, "").length;
  return digits < 7 || digits > 15 ? undefined : [index + name.length, index + text.length];
}

const phone = (find: Rule["find"]): Rule => ({ kind: "phone", name: "PHONE", needs: SEVEN_DIGITS, find });

/** Phone numbers: E.164 with any of the usual spacing, the national forms that look like nothing else, and what is called one. */
export const PHONE_RULES: readonly Rule[] = [
  phone(matching(INTERNATIONAL, international)),
  phone(matching(NAMED, named)),
  ...NATIONAL.map((pattern) => phone(matching(pattern, national))),
];
