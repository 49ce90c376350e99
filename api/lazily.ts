/** Something that is made when it is first asked for. */
export interface Lazy<T> {
  /** The same for everyone; rejects when it cannot be made, and the next one who asks tries again. */
  get(): Promise<T>;
  /** What has been made or is being made, if anything. */
  made(): Promise<T> | undefined;
}

/** Makes `T` once, when it is asked for. */
export function lazily<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined;
  return {
    get() {
      made ??= make().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
    made: () => made,
  };
}
