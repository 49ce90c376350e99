import { z } from "zod";
import type { ParameterValue } from "../template/parameter-value.ts";
import { parameterValue } from "../template/parameter-value.ts";
import { stateList } from "../template/state-list.ts";
import type { TemplateMatch } from "../template/template-miner.ts";
import type { Oddity } from "./evidence.ts";
import {
  createParameterSlot,
  NOT_ODD,
  type ParameterOddity,
  type ParameterSlot,
  parameterSlotState,
} from "./parameter-slot.ts";
import { createRecencyMap } from "./recency-map.ts";

/** Slots of one template that are looked at; parameters beyond are not. */
const SLOTS_MAX = 8;

/** One service's parameters as JSON: templates as [id, parameters, slots], least recently seen first. */
export const parameterProfilesState = z.array(
  z.tuple([z.string(), z.int().min(0), z.array(parameterSlotState).max(SLOTS_MAX)]),
);
export type ParameterProfilesState = z.infer<typeof parameterProfilesState>;

/** What the variable parts of one service's templates usually are. */
export interface ParameterProfiles {
  /** One for each slot that is looked at, or none where nothing is odd; undefined for a template that is not known, or without
   * parameters. */
  oddities(match: TemplateMatch): readonly ParameterOddity[] | undefined;
  /** What exactly is odd in a slot; undefined where nothing is known of it. */
  detail(match: TemplateMatch, slot: number, found: ParameterOddity): Oddity | undefined;
  learn(match: TemplateMatch): void;
  /** Slots kept. */
  size(): number;
  /** As JSON a {@link ParameterProfilesState}. */
  snapshot(): unknown;
}

const NOTHING_ODD: readonly ParameterOddity[] = [];

/** Of the slots that are looked at; worked out once for an event, which is asked about before it is learned. */
function parameterValues(match: TemplateMatch): readonly ParameterValue[] {
  match.values ??= match.parameters.slice(0, SLOTS_MAX).map(parameterValue);
  return match.values;
}

interface Profile {
  /** How many parameters the template had: when it generalises its slots are others. */
  readonly parameters: number;
  readonly slots: readonly ParameterSlot[];
}

/** @param templatesMax over it the least recently seen tenth is forgotten */
export function createParameterProfiles(
  templatesMax: number,
  state: ParameterProfilesState = [],
): ParameterProfiles {
  let size = 0;
  const forget = ({ slots }: Profile) => {
    size -= slots.length;
  };
  const profiles = createRecencyMap<Profile>(
    { max: templatesMax, create: () => ({ parameters: 0, slots: [] }), onForget: forget },
    state.map(([id, parameters, slots]) => [id, { parameters, slots: slots.map(createParameterSlot) }]),
  );
  for (const { slots } of profiles.values()) size += slots.length;

  const find = ({ templateId, parameters }: TemplateMatch): Profile | undefined => {
    const known = profiles.peek(templateId);
    return known?.parameters === parameters.length ? known : undefined;
  };
  const add = ({ templateId, parameters }: TemplateMatch): Profile => {
    const old = profiles.peek(templateId);
    if (old !== undefined) forget(old);
    const slots = parameters.slice(0, SLOTS_MAX).map(() => createParameterSlot());
    const added = { parameters: parameters.length, slots };
    size += slots.length;
    profiles.set(templateId, added);
    return added;
  };

  return {
    size() {
      return size;
    },
    oddities(match) {
      const known = find(match);
      if (known === undefined) return undefined;
      const values = parameterValues(match);
      // Nearly always nothing is odd: one list for all of those.
      let oddities: ParameterOddity[] | undefined;
      for (let slot = 0; slot < known.slots.length; slot += 1) {
        const value = values[slot];
        const oddity = value === undefined ? NOT_ODD : (known.slots[slot]?.oddity(value) ?? NOT_ODD);
        if (oddity === NOT_ODD) continue;
        oddities ??= known.slots.map(() => NOT_ODD);
        oddities[slot] = oddity;
      }
      return oddities ?? NOTHING_ODD;
    },
    detail(match, slot, found) {
      const value = parameterValues(match)[slot];
      return value && find(match)?.slots[slot]?.detail(value, found);
    },
    learn(match) {
      if (match.parameters.length === 0) return;
      const known = find(match);
      if (known !== undefined) profiles.use(match.templateId);
      const { slots } = known ?? add(match);
      const values = parameterValues(match);
      for (let slot = 0; slot < slots.length; slot += 1) {
        const value = values[slot];
        if (value !== undefined) slots[slot]?.learn(value);
      }
    },
    snapshot: () =>
      stateList(profiles.oldestFirst(), ([id, { parameters, slots }]) => [
        id,
        parameters,
        slots.map((one) => one.snapshot()),
      ]),
  };
}
