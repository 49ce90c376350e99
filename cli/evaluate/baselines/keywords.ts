import type { DetectorUnderTest } from "../detector-under-test.ts";
import { scoreEach } from "./score-units.ts";

const KEYWORD = /error|fatal|exception|fail|panic|abort|critical/i;
/** OTLP severity number from which a record counts by itself. */
const ERROR_SEVERITY = 17;

/** What an operator would search for: number of events that are errors by their severity or by a word of their template. */
export const keywords: DetectorUnderTest = {
  name: "severity and keywords",
  isSeeded: false,
  appliesTo: () => true,
  async fit() {
    return {
      score(units, templates) {
        const isAlarming = templates.map((template) => KEYWORD.test(template));
        return scoreEach(
          units,
          ({ events, severities }) =>
            events.filter((event, i) => isAlarming[event] || (severities?.[i] ?? 0) >= ERROR_SEVERITY).length,
        );
      },
    };
  },
};
