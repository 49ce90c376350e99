import { setTimeout as delay } from "node:timers/promises";
import { type Store, StoreError } from "../store/store.ts";
import { reservoirState } from "./calibrate/reservoir.ts";
import type { Judge } from "./calibrate/verdict.ts";
import type { Detector } from "./detect/detector.ts";
import { jsonPieces } from "./json-pieces.ts";
import { parseMinerSnapshot, parseStoredTemplates } from "./template/snapshot.ts";
import type { MinerSnapshot, StoredTemplate, TemplateMiner } from "./template/template-miner.ts";

/** Names of the parts in the store. */
export const MINER = "templates";
const JUDGE = "calibration";
export const detectorKey = ({ name }: Pick<Detector, "name">) => `detector:${name}`;

/** Time that writing a state down takes in one go, and then leaves to others. */
const SLICE_MS = 2;

/** What of the stage survives a restart. */
export interface Remembering {
  readonly miner: TemplateMiner;
  readonly judge: Judge;
  readonly detectors: readonly Detector[];
}

/** What a snapshot must know of what goes on meanwhile. */
export interface SnapshotPorts {
  /** The journal's last sequence. */
  readonly last: () => number;
  /** Resolves when all is learned that waits for it: what is in the journal by now is in the states then. */
  readonly learned: () => Promise<void>;
  /** Once aborted, nothing more is written: what was waited for in vain at a stop must not replace what is saved after it. */
  readonly signal?: AbortSignal;
  /** Called between two slices of some milliseconds, and after the last; by default others have as long. */
  readonly afterSlice?: () => Promise<void> | void;
}

const leaveToOthers = () => delay(SLICE_MS);

type OnUnusable = (name: string, error: unknown) => void;

/**
 * The miner's last snapshot with the templates that came after it, or undefined on a first start or when it cannot be read
 * (told to `onUnusable`).
 */
export async function loadMinerSnapshot(
  store: Store,
  onUnusable: OnUnusable,
): Promise<MinerSnapshot | undefined> {
  let snapshot: MinerSnapshot | undefined;
  const later: StoredTemplate[] = [];
  await loadEach(
    store,
    MINER,
    (state) => {
      snapshot = parseMinerSnapshot(state);
    },
    (news) => {
      for (const template of parseStoredTemplates(news)) later.push(template);
    },
    onUnusable,
  );
  if (later.length === 0) return snapshot;
  const { templates = [], evicted = [], tombstones = [] } = snapshot ?? {};
  return { version: 1, templates: [...templates, ...later], evicted, tombstones };
}

/**
 * Gives the judge and the detectors their last state back; what cannot be read starts empty.
 * @param show what may be kept of a text: a state may be older than redaction, or than the rule that hides something
 */
export async function restoreStates(
  store: Pick<Store, "snapshot" | "journal">,
  { judge, detectors }: Omit<Remembering, "miner">,
  show: (text: string) => string,
  onUnusable: OnUnusable,
): Promise<void> {
  const shown = createShown(show);
  await loadEach(store, JUDGE, (state) => judge.restore(shown(state)), undefined, onUnusable);
  for (const detector of detectors) {
    await loadEach(
      store,
      detectorKey(detector),
      (state) => detector.restore(shown(state)),
      (news) => detector.recall?.(shown(news)),
      onUnusable,
    );
  }
}

/**
 * Writes down the state of everything that learns, a little at a time. A part that cannot be written keeps no other from it, unless the
 * database is away; rejects at the end with the first error.
 */
export async function saveSnapshots(
  store: Pick<Store, "saveSnapshot">,
  { miner, judge, detectors }: Remembering,
  nowMs: number,
  { last, learned, signal, afterSlice = leaveToOthers }: SnapshotPorts,
): Promise<void> {
  const parts: readonly (readonly [name: string, state: () => unknown])[] = [
    [MINER, () => miner.snapshot()],
    [JUDGE, () => judge.snapshot()],
    ...detectors.map((detector) => [detectorKey(detector), () => detector.snapshot()] as const),
  ];
  const failures: unknown[] = [];
  const isOver = () => signal?.aborted ?? false;
  for (const [name, stateOf] of parts) {
    if (isOver()) break;
    try {
      const upTo = last();
      await learned();
      const state = stateOf();
      if (state === undefined) continue;
      const pieces = await inSlices(state, afterSlice);
      if (isOver()) break;
      await store.saveSnapshot(name, pieces, nowMs, upTo);
    } catch (error) {
      failures.push(error);
      // Nor can the others be: each would wait for it as long.
      if (error instanceof StoreError && error.code === "unreachable") break;
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** The state's JSON in UTF-8. */
async function inSlices(
  state: unknown,
  afterSlice: () => Promise<void> | void,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let text = "";
  let sinceMs = performance.now();
  for (const piece of jsonPieces(state)) {
    text += piece;
    if (performance.now() - sinceMs < SLICE_MS) continue;
    pieces.push(encoder.encode(text));
    text = "";
    await afterSlice();
    sinceMs = performance.now();
  }
  pieces.push(encoder.encode(text));
  await afterSlice();
  return pieces;
}

/** A template's id, a pair of them, or the kind of an end or a silence (store/kind.ts): a name of a state's own, and no words. */
const NAME = /^(?:end |silence )?[0-9a-f]{16}(?:\0[0-9a-f]{16})?$/;

/** Shows every text of a JSON value, and each different one once. */
function createShown(show: (text: string) => string): (value: unknown) => unknown {
  const texts = new Map<string, string>();
  const shownText = (text: string): string => {
    if (NAME.test(text)) return text;
    let known = texts.get(text);
    if (known === undefined) {
      known = show(text);
      texts.set(text, known);
    }
    return known;
  };
  const shown = (value: unknown): unknown => {
    if (typeof value === "string") return shownText(value);
    if (Array.isArray(value)) return value.map(shown);
    if (typeof value !== "object" || value === null || isSample(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
  };
  return shown;
}

/** Numbers in base64 are no text: what hides a key in them would spoil them. */
function isSample(value: object): boolean {
  return "offered" in value && reservoirState.safeParse(value).success;
}

/** @param recall takes back what was learned after the state */
async function loadEach(
  store: Pick<Store, "snapshot" | "journal">,
  name: string,
  restore: (state: unknown) => void,
  recall: ((news: unknown) => void) | undefined,
  onUnusable: OnUnusable,
): Promise<void> {
  const attempt = (json: string, take: (value: unknown) => void) => {
    try {
      take(JSON.parse(json));
    } catch (error) {
      onUnusable(name, error);
    }
  };
  const json = await store.snapshot(name);
  if (json !== undefined) attempt(json, restore);
  if (recall === undefined) return;
  for (const news of await store.journal(name)) attempt(news, recall);
}
