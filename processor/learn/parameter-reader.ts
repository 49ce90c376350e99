import { parameterFeatures } from "../detect/parameter-features.ts";
import { createParameterProfiles, type ParameterProfiles } from "../detect/parameter-profiles.ts";
import { createServiceTable } from "../detect/service-table.ts";
import type { TemplateMatch } from "../template/template-miner.ts";

/** Services and templates of each whose parameters are followed. */
const SERVICES_MAX = 1_000;
const TEMPLATES_MAX = 5_000;

/** The model's parameter features of events in their order, as a stage that learns online would have told them. */
export interface ParameterReader {
  /** The features of an event against all before it, which it then joins. */
  read(service: string, match: TemplateMatch): readonly number[];
}

export function createParameterReader(): ParameterReader {
  const services = createServiceTable<ParameterProfiles>(SERVICES_MAX, () =>
    createParameterProfiles(TEMPLATES_MAX),
  );
  return {
    read(service, match) {
      const profiles = services.touch(service);
      const features = parameterFeatures(match.parameters, profiles.oddities(match) ?? []);
      profiles.learn(match);
      return features;
    },
  };
}
