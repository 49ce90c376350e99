import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import type { TemplateMatch } from "../template/template-miner.ts";
import {
  createParameterSlot,
  NOT_ODD,
  type ParameterOddity,
  type ParameterSlot,
  parameterSlotState,
} from "./parameter-slot.ts";
import { type ParameterValue, parameterValue } from "./parameter-value.ts";

/** Slots of one template that are looked at; parameters beyond are not. */
const SLOTS_MAX = 8;

/** One service's parameters as JSON: templates as [id, parameters, slots], least recently seen first. */
export const parameterProfilesState = z.array(
  z.tuple([z.string(), z.int().min(0), z.array(parameterSlotState).max(SLOTS_MAX)]),
);
export type ParameterProfilesState = z.infer<typeof parameterProfilesState>;

/** What the variable parts of one service's templates usually are. */
export interface ParameterProfiles {
  /** One for each slot that is looked at; undefined for a template that is not known, or without parameters. */
  oddities(match: TemplateMatch): readonly ParameterOddity[] | undefined;
  learn(match: TemplateMatch): void;
  /** Slots kept. */
  readonly size: number;
  /** As JSON a {@link ParameterProfilesState}. */
  snapshot(): unknown;
}

interface Profile {
  /** How many parameters the template had: when it generalises its slots are others. */
  readonly parameters: number;
  readonly slots: readonly ParameterSlot[];
}

/** @param templatesMax over it the least recently seen one is forgotten */
export function createParameterProfiles(
  templatesMax: number,
  state: ParameterProfilesState = [],
): ParameterProfiles {
  const profiles = new Map<string, Profile>(
    state
      .slice(-templatesMax)
      .map(([id, parameters, slots]) => [id, { parameters, slots: slots.map(createParameterSlot) }]),
  );
  let size = [...profiles.values()].reduce((sum, { slots }) => sum + slots.length, 0);

  /** Of the parameters of one event, which is asked about before it is learned. */
  const values = new WeakMap<readonly string[], readonly ParameterValue[]>();
  const valuesOf = (parameters: readonly string[]): readonly ParameterValue[] => {
    const known = values.get(parameters) ?? parameters.slice(0, SLOTS_MAX).map(parameterValue);
    values.set(parameters, known);
    return known;
  };

  const remove = (id: string) => {
    size -= profiles.get(id)?.slots.length ?? 0;
    profiles.delete(id);
  };
  const find = ({ templateId, parameters }: TemplateMatch): Profile | undefined => {
    const known = profiles.get(templateId);
    return known?.parameters === parameters.length ? known : undefined;
  };

  return {
    get size() {
      return size;
    },
    oddities(match) {
      const known = find(match);
      if (known === undefined) return undefined;
      const own = valuesOf(match.parameters);
      return known.slots.map((slot, index) => {
        const value = own[index];
        return value === undefined ? NOT_ODD : slot.oddity(value);
      });
    },
    learn(match) {
      const { templateId, parameters } = match;
      if (parameters.length === 0) return;
      const known = find(match) ?? {
        parameters: parameters.length,
        slots: parameters.slice(0, SLOTS_MAX).map(() => createParameterSlot()),
      };
      remove(templateId);
      profiles.set(templateId, known);
      size += known.slots.length;
      for (const [index, value] of valuesOf(parameters).entries()) known.slots[index]?.learn(value);
      if (profiles.size <= templatesMax) return;
      const [oldest] = profiles.keys();
      if (oldest !== undefined) remove(oldest);
    },
    snapshot: () =>
      stateList(profiles, ([id, { parameters, slots }]) => [
        id,
        parameters,
        slots.map((one) => one.snapshot()),
      ]),
  };
}
