/** Something that a part of the stage's memory has learned for the first time. */
export interface JournalEntry {
  /** Of the part. */
  readonly name: string;
  /** Whose memory will hold it; undefined: the snapshot of that name will. */
  readonly service?: string | undefined;
  readonly json: string;
}

/** An entry of a snapshot's journal. */
export interface SnapshotNews {
  readonly sequence: number;
  /** The running stage that wrote it. */
  readonly writer: string;
  readonly json: string;
}

/** A named part of the stage's memory that is about all services together (the template miner). */
export interface Snapshot {
  readonly json: string;
  /** It holds what the journal had of that name up to this sequence. */
  readonly journaled: number;
}

/** How long the journal keeps what a snapshot has: who has not looked for so long reads the snapshot again. */
export const JOURNAL_KEPT_MS = 600_000;

/** What a stage has learned of one service. */
export interface ServiceMemory {
  readonly service: string;
  /** JSON, UTF-8 in pieces. */
  readonly json: readonly Uint8Array[];
  /** Whether the stage has ended with it: then the service's streams go on just where it stops. */
  readonly isLast: boolean;
}

/** What a stage goes on from, of a service that it has not met before. */
export interface TakenService {
  readonly service: string;
  /** Undefined where nothing has been saved. */
  readonly json: string | undefined;
  /** Of the memory, for the one who takes it first; another one would go on from what is no longer the end. */
  readonly isLast: boolean;
  /** What the journal has of the service, oldest first; the memory may hold some of it. */
  readonly news: readonly JournalEntry[];
}

/** Who saves memories. */
export interface Holder {
  /** Names the running stage in the journal. */
  readonly writer: string;
  /** What it has written into the journal up to this sequence is in the memories. */
  readonly upTo: number;
  /** Name of the stage. */
  readonly instance: string;
  /** It knows what others have seen up to this revision (see {@link OthersSightings}). */
  readonly revision: number;
}

/** How long ago a stage last had a record of a service, in milliseconds: clocks of stages may differ. */
export interface Sighting {
  readonly service: string;
  readonly ageMs: number;
}

/** What another stage has seen. */
export interface OthersSighting extends Sighting {
  /** Whether it is later than what this stage itself has told. */
  readonly isLatest: boolean;
}

/** What other stages have seen. */
export interface OthersSightings {
  /** Of the last one: what to ask with the next time. */
  readonly revision: number;
  readonly sightings: readonly OthersSighting[];
}

/** What stages have learned: any of them may go on from there. */
export interface MemoryStore {
  /**
   * Replaces a snapshot, unless it holds more of the journal than this one: other stages write it as well. JSON, UTF-8 in pieces; their
   * buffers are handed over: the caller must not read them again. What the journal had of that name up to `journaled` is deleted when
   * it is older than {@link JOURNAL_KEPT_MS}.
   */
  saveSnapshot(
    name: string,
    json: readonly Uint8Array<ArrayBuffer>[],
    atMs: number,
    journaled: number,
  ): Promise<void>;
  snapshot(name: string): Promise<Snapshot | undefined>;
  /** Writes down at once what the next snapshot or memory will hold. Answers the sequence of the last entry; each has a higher one than
   * what was there when it came.
   * @param writer names the running stage */
  addToJournal(entries: readonly JournalEntry[], writer: string, atMs: number): Promise<number>;
  /** What came of a snapshot's news after that sequence, whoever wrote it, oldest first. */
  journalSince(name: string, afterSequence: number, limit: number): Promise<readonly SnapshotNews[]>;

  /**
   * Replaces what was saved of these services, by whichever stage, but for those that another stage has seen since the holder has looked:
   * these are answered. What is written holds some of the journal: that is deleted there, as is what is older than
   * {@link JOURNAL_KEPT_MS}.
   */
  saveMemories(memories: readonly ServiceMemory[], holder: Holder, atMs: number): Promise<readonly string[]>;
  /** Notes that the stage has these services now, and answers what was saved of each, in any order. */
  takeServices(services: readonly string[], instance: string): Promise<readonly TakenService[]>;
  /** The services that this stage was the last to see, the one seen longest ago first. */
  servicesSeenBy(instance: string): Promise<readonly string[]>;
  saveSightings(sightings: readonly Sighting[], instance: string): Promise<void>;
  /** What other stages than this one have seen since that revision (0: ever). */
  sightingsOfOthers(instance: string, afterRevision: number): Promise<OthersSightings>;
}
