/** One value for each service, at most `servicesMax`: the least recently touched one is forgotten. */
export interface ServiceTable<T> {
  /** The service's value, created when there is none, and now the most recently touched. */
  touch(service: string): T;
  /** The service's value as it is; nothing is created or moved. */
  peek(service: string): T | undefined;
  set(service: string, value: T): void;
  /** Least recently touched first; of one service alone where it is named. */
  entries(service?: string): readonly (readonly [string, T])[];
  delete(service: string): void;
  size(): number;
}

export function createServiceTable<T>(servicesMax: number, create: (service: string) => T): ServiceTable<T> {
  const values = new Map<string, T>();

  /** What was touched last is last in order already. */
  let newest: string | undefined;

  const set = (service: string, value: T) => {
    values.delete(service);
    values.set(service, value);
    newest = service;
    if (values.size <= servicesMax) return;
    const [oldest] = values.keys();
    if (oldest !== undefined) values.delete(oldest);
  };

  return {
    size() {
      return values.size;
    },
    touch(service) {
      const known = values.get(service);
      if (known !== undefined && service === newest) return known;
      const value = known ?? create(service);
      set(service, value);
      return value;
    },
    peek: (service) => values.get(service),
    set,
    entries(service) {
      if (service === undefined) return [...values];
      const value = values.get(service);
      return value === undefined ? [] : [[service, value]];
    },
    delete(service) {
      values.delete(service);
      if (service === newest) newest = undefined;
    },
  };
}
