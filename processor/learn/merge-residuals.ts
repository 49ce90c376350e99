import { RESIDUAL_SERVICES_MAX, type ResidualsFile } from "../inference/residuals.ts";

/** The rows of services that were trained now, before those of others that the model had already. */
export function mergeResiduals(trained: ResidualsFile["services"], old: ResidualsFile): ResidualsFile {
  const names = new Set(trained.map(([name]) => name));
  const others = old.services.filter(([name]) => !names.has(name));
  return { version: 1, services: [...trained, ...others].slice(0, RESIDUAL_SERVICES_MAX) };
}
