/** Who asks: the name of their token, and what it lets them do. */
export interface Principal {
  /** Kept as the author of what they say. */
  readonly name: string;
  readonly role: "read" | "write";
}

/** Whoever asks where no token is configured: the API can be reached from its own machine only. */
export const LOCAL: Principal = { name: "local", role: "write" };
