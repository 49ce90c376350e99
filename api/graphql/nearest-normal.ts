import type { Anomaly } from "../../store/anomaly.ts";
import { nearestWindow } from "../nearest/nearest-window.ts";
import type { Context } from "./context.ts";

/** What finding one costs of an operation's rows: up to 500 windows are compared. */
const ROWS_EACH = 20;

/** Anomaly.nearestNormal: the stored normal sequence of the service that is most like the anomaly's window. */
export const nearestNormal = {
  Anomaly: {
    async nearestNormal({ service, window }: Anomaly, _: unknown, { rows, normalWindowsOf }: Context) {
      rows.take(ROWS_EACH);
      const nearest = nearestWindow(window, await normalWindowsOf.load(service));
      if (nearest === undefined) return null;
      const { sequence, distance } = nearest;
      return { window: sequence.window, time: sequence.timeMs, distance };
    },
  },
};
