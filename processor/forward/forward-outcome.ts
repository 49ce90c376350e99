/** Why a request is refused for good: what the sender sent, its size, or anything else the next hop said. */
export type RefusalReason = "malformed" | "too-large" | "unsupported" | "other";

/** The next hop's answer, in terms that every transport can pass back. */
export type ForwardOutcome =
  /** Taken, but for `rejectedRecords` (OTLP partial success); a message with 0 rejected records is a warning. */
  | { readonly kind: "accepted"; readonly rejectedRecords: number; readonly message: string }
  /** Not taken now; the sender should try again, after `afterMs` where that is known. `remainder` holds the bytes that
   * were not taken where a part was; undefined: nothing was taken. */
  | {
      readonly kind: "retry";
      readonly afterMs: number | undefined;
      readonly message: string;
      readonly remainder?: Uint8Array | undefined;
    }
  /** Not taken, and the same bytes will not be taken later either. */
  | {
      readonly kind: "refused";
      readonly reason: RefusalReason;
      readonly message: string;
      /** By the stage itself, which cannot read it; the next hop has not seen it. */
      readonly isUnread?: true;
    };
