import type { NormalWindow } from "../../store/anomaly.ts";
import type { Store } from "../../store/store.ts";
import { type PreparedSequences, prepareSequences } from "./nearest-window.ts";

/** Normal sequences of a service that an anomaly is compared with. */
const NORMAL_WINDOWS_MAX = 500;

/** The newest normal sequences of each service, newest first: what a data loader reads. */
export function loadNormalWindows(
  store: Pick<Store, "normalWindows">,
  services: readonly string[],
): Promise<readonly PreparedSequences<NormalWindow>[]> {
  return Promise.all(
    services.map(async (service) => prepareSequences(await store.normalWindows(service, NORMAL_WINDOWS_MAX))),
  );
}
