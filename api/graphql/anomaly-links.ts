import type { Anomaly } from "../../store/anomaly.ts";
import { fillLinks } from "../links/link-template.ts";
import { linkValues } from "../links/link-values.ts";
import type { Context } from "./context.ts";

/** Anomaly.links: where more of it is to be seen. */
export const anomalyLinks = {
  Anomaly: {
    links: (anomaly: Anomaly, _: unknown, { config }: Context) =>
      config.links.length === 0 ? [] : fillLinks(config.links, linkValues(anomaly)),
  },
};
