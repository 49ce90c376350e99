import type { AttributeValue } from "./record-view.ts";

/** `Array.isArray` that also narrows a readonly array. */
export function isList(value: object): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
