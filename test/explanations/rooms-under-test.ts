import { calibrateConfig } from "../../processor/calibrate/config.ts";
import type { Scorer } from "../../processor/create-detectors.ts";
import { detectConfig } from "../../processor/detect/config.ts";
import type { TextEncoder } from "../../processor/detect/text-encoder.ts";
import { attributesConfig } from "../../processor/enrich/config.ts";
import { redactConfig } from "../../processor/redact/config.ts";
import { createRooms, type Rooms } from "../../processor/rooms.ts";
import { templateConfig } from "../../processor/template/config.ts";
import { windowConfig } from "../../processor/window/config.ts";

/** The models that judge. */
export interface Models {
  readonly scorer: Scorer;
  readonly encoder: TextEncoder;
}

/** What is set other than by default. */
export interface Settings {
  readonly window?: object;
  readonly calibrate?: object;
  readonly detect?: object;
}

/** The stage's rooms with its defaults. */
export function furnish(
  models: Models,
  now: () => number,
  { window, calibrate, detect }: Settings = {},
): Rooms {
  return createRooms(
    {
      template: templateConfig.parse({}),
      window: windowConfig.parse(window ?? {}),
      detect: detectConfig.parse(detect ?? {}),
      calibrate: calibrateConfig.parse(calibrate ?? {}),
      redact: redactConfig.parse({}),
      attributes: attributesConfig.parse({}),
    },
    { ...models, now },
  );
}
