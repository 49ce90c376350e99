import type { NormalWindow, Store } from "../../store/store.ts";

/** Normal sequences of a service that an anomaly is compared with. */
const NORMAL_WINDOWS_MAX = 500;

/** The newest normal sequences of each service, newest first: what a data loader reads. */
export function loadNormalWindows(
  store: Pick<Store, "normalWindows">,
  services: readonly string[],
): Promise<readonly (readonly NormalWindow[])[]> {
  return Promise.all(services.map((service) => store.normalWindows(service, NORMAL_WINDOWS_MAX)));
}
