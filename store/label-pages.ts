import { LABELS_MAX, type LabelPage } from "./label.ts";
import type { Store } from "./store.ts";

/** Labels that are read at a time: some milliseconds on the store's thread, and on that of the reader. */
const PAGE = 500;

/**
 * The labels that are looked at, newest first, page by page, so that nobody who waits for either thread waits for all of
 * them. Rejects with the store's error.
 */
export async function* labelPages(store: Pick<Store, "labels">): AsyncGenerator<LabelPage> {
  let after: string | undefined;
  for (let read = 0; read < LABELS_MAX; read += PAGE) {
    const page = await store.labels({ first: PAGE, after });
    yield page;
    if (page.next === undefined) return;
    after = page.next;
  }
}
