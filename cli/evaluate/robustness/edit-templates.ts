import type { Random } from "../../generate/random.ts";
import { type Perturbation, withEvents } from "./perturbation.ts";

/** Words of logs with others that mean the same. */
const SYNONYMS: Readonly<Record<string, string>> = {
  received: "got",
  receiving: "getting",
  served: "delivered",
  starting: "beginning",
  started: "begun",
  start: "begin",
  terminating: "ending",
  deleting: "removing",
  delete: "remove",
  error: "failure",
  exception: "error",
  failed: "unsuccessful",
  creating: "making",
  created: "made",
  succeeded: "completed",
  successful: "complete",
  block: "chunk",
  file: "document",
  request: "call",
  reply: "answer",
  instance: "machine",
  total: "overall",
  invalid: "wrong",
};
const FILLERS = ["now", "currently", "the", "again", "successfully", "info:"] as const;

/**
 * LogRobust's unstable events (Zhang et al., FSE 2019): in a share of the units one template reads differently, by a synonym,
 * an inserted or a missing word, or key=value pairs in another order, and is a new template to a parser.
 */
export const editTemplates: Perturbation = (units, templates, share, random) => {
  const texts = [...templates];
  const edited = new Map<number, number>();
  const editedIndex = (template: number) => {
    const known = edited.get(template);
    if (known !== undefined) return known;
    const index = texts.push(editText(templates[template] ?? "", random)) - 1;
    edited.set(template, index);
    return index;
  };
  const changed = units.map((unit) => {
    if (unit.events.length === 0 || !random.chance(share)) return unit;
    const from = unit.events[random.int(0, unit.events.length - 1)] ?? 0;
    const to = editedIndex(from);
    return withEvents(unit, ({ events }) => {
      for (const [i, event] of events.entries()) if (event === from) events[i] = to;
    });
  });
  return { units: changed, templates: texts };
};

/** Another wording of a template; never the same text. Example: "Receiving block <*>" gives "getting block <*>". */
export function editText(text: string, random: Random): string {
  const words = text.split(" ");
  const [pair, ...otherPairs] = words.flatMap((word, i) => (/^[\w.-]+=\S+$/.test(word) ? [i] : []));
  const [otherPair] = otherPairs.filter((other) => words[other] !== words[pair ?? 0]);
  if (pair !== undefined && otherPair !== undefined && random.chance(0.5))
    return words
      .with(pair, words[otherPair] ?? "")
      .with(otherPair, words[pair] ?? "")
      .join(" ");
  const replaceable = words.flatMap((word, i) => (SYNONYMS[word.toLowerCase()] === undefined ? [] : [i]));
  const removable = words.flatMap((word, i) => (/^[a-z]+$/i.test(word) && words.length > 2 ? [i] : []));
  const [firstReplaceable, ...moreReplaceable] = replaceable;
  if (firstReplaceable !== undefined && random.chance(0.5)) {
    const at = random.pick([firstReplaceable, ...moreReplaceable]);
    return words.with(at, SYNONYMS[words[at]?.toLowerCase() ?? ""] ?? "").join(" ");
  }
  const [firstRemovable, ...moreRemovable] = removable;
  if (firstRemovable !== undefined && random.chance(0.5))
    return words.toSpliced(random.pick([firstRemovable, ...moreRemovable]), 1).join(" ");
  return words.toSpliced(random.int(0, words.length), 0, random.pick(FILLERS)).join(" ");
}
