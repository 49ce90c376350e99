import type { OpenStream } from "./open-stream.ts";

/** Open streams by their key, and those of each service: services come and go by the thousand, each must not look at all streams. */
export class StreamMap extends Map<string, OpenStream> {
  readonly #byService = new Map<string, Map<string, OpenStream>>();

  override set(key: string, stream: OpenStream): this {
    const own = this.#byService.get(stream.service) ?? new Map<string, OpenStream>();
    own.set(key, stream);
    this.#byService.set(stream.service, own);
    return super.set(key, stream);
  }

  override delete(key: string): boolean {
    const stream = this.get(key);
    if (stream === undefined) return false;
    const own = this.#byService.get(stream.service);
    own?.delete(key);
    if (own?.size === 0) this.#byService.delete(stream.service);
    return super.delete(key);
  }

  override clear(): void {
    this.#byService.clear();
    super.clear();
  }

  /** In the order in which they were put in. */
  of(service: string): readonly OpenStream[] {
    return [...(this.#byService.get(service)?.values() ?? [])];
  }

  deleteOf(service: string): void {
    const own = this.#byService.get(service);
    this.#byService.delete(service);
    for (const key of own?.keys() ?? []) super.delete(key);
  }
}
