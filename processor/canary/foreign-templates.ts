/** Messages that no service writes between its own: each from another world. */
export const FOREIGN_TEMPLATES: readonly string[] = [
  "Out of memory: Killed process <NUM> total-vm:<NUM>kB anon-rss:<NUM>kB",
  "EXT4-fs error: unable to read superblock on device <*>",
  "smartd: Device <*> FAILED SMART self-check. BACK UP DATA NOW!",
  "pam_unix: authentication failure for root from unknown terminal",
  "core temperature above threshold, cpu clock throttled",
  "segfault at <HEX> ip <HEX> sp <HEX> error <NUM> in libc.so",
  "printer <*> is out of paper and waits for an operator",
  "raid array degraded: member disk <*> removed",
];
