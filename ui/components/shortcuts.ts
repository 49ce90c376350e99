/** Keys and what they do, in the order in which they are told. */
export type ShortcutList = readonly (readonly [key: string, meaning: string])[];

/** The keys of the live page. */
export const liveShortcuts: ShortcutList = [
  ["j", "Next in the list"],
  ["k", "Previous in the list"],
  ["Enter", "Open it"],
  ["r", "It is real"],
  ["e", "It was expected"],
  ["u", "Take back the last verdict, whoever gave it"],
  ["R E U", "The same of the whole incident"],
  ["v", "Incidents, or every anomaly"],
  ["f", "More filters"],
  ["/", "Filter by text"],
  ["Esc", "Close what is open"],
  ["?", "This help"],
];

/** The keys of the tail. */
export const tailShortcuts: ShortcutList = [
  ["space", "Pause, or go on"],
  ["End", "Jump to the latest"],
  ["j", "Pick the next record"],
  ["k", "Pick the one before"],
  ["/", "Filter by text"],
  ["Esc", "Close the record"],
  ["?", "This help"],
];

/** The keys of the labelling page. */
export const labelShortcuts: ShortcutList = [
  ["r", "Real: somebody should have been told"],
  ["e", "Expected: this needs no attention"],
  ["s", "Skip: later, or somebody else"],
  ["u", "Undo the last one"],
  ["?", "This help"],
];
