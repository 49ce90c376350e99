import type { Absence } from "./detector.ts";
import { noOpinions, type Opinions } from "./opinions.ts";
import { type Places, placeOf, placesOf } from "./places.ts";

/** What did not come, as a batch of its own with one opinion. */
export function saidOfAbsence({ window, evidence }: Absence): readonly [Places, readonly Opinions[]] {
  const { detector, surprise, model, ...facts } = evidence;
  const places = placesOf([window]);
  const place = placeOf(places, 0, window.events.length);
  const opinions = noOpinions(detector, places, model);
  opinions.surprises[place] = surprise;
  opinions.tell(place, facts);
  return [places, [opinions]];
}
