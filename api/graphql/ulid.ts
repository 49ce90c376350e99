/** What an id of an anomaly, an incident or a run looks like (github.com/ulid/spec). */
export const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
