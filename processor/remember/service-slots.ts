/** Entries by service and something within it, in bounded number; found without making a key of the two. */
export interface ServiceSlots<K, T> {
  /** The entry, created when there is none; undefined when there is no room for a new one. */
  slot(service: string, key: K, create: () => T): T | undefined;
  values(): readonly T[];
}

/** @param slotsMax over all services */
export function createServiceSlots<K, T>(slotsMax: number): ServiceSlots<K, T> {
  const services = new Map<string, Map<K, T>>();
  let size = 0;
  return {
    slot(service, key, create) {
      const own = services.get(service);
      const known = own?.get(key);
      if (known !== undefined) return known;
      if (size >= slotsMax) return undefined;
      const created = create();
      size += 1;
      if (own === undefined) services.set(service, new Map([[key, created]]));
      else own.set(key, created);
      return created;
    },
    values: () => [...services.values()].flatMap((own) => [...own.values()]),
  };
}
