import { checkKeyValue } from "./any-value.ts";
import { type Cursor, enter, leave, malformed, readTag, skipField, WIRE_BYTES } from "./protobuf.ts";

/** A message that holds attributes. Tags and field numbers: opentelemetry-proto 1.11.0. */
export interface AttributeHolder {
  readonly name: string;
  readonly fieldNumberMax: number;
  readonly attributes: number;
  /** -1: it has none. */
  readonly entityRefs: number;
  /** Tags of the fields that have no inside. */
  readonly plain: readonly number[];
}

/** attributes, dropped_attributes_count, entity_refs */
export const RESOURCE: AttributeHolder = {
  name: "Resource",
  fieldNumberMax: 3,
  attributes: 0x0a,
  entityRefs: 0x1a,
  plain: [0x10],
};

/** name, version, attributes, dropped_attributes_count */
export const SCOPE: AttributeHolder = {
  name: "InstrumentationScope",
  fieldNumberMax: 4,
  attributes: 0x1a,
  entityRefs: -1,
  plain: [0x0a, 0x12, 0x20],
};

/** schema_url, type, id_keys and description_keys: text, all of them. */
const ENTITY_REF_FIELD_NUMBER_MAX = 4;

/** Validates the Resource or InstrumentationScope whose length the cursor stands before, and passes it. */
export function checkHolder(cursor: Cursor, holder: AttributeHolder): void {
  const parentEnd = enter(cursor);
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if (tag === holder.attributes) checkInner(cursor, checkAttribute);
    else if (tag === holder.entityRefs) checkInner(cursor, checkEntityRef);
    else {
      if (tag >>> 3 <= holder.fieldNumberMax && !holder.plain.includes(tag))
        throw malformed(`a field of ${holder.name} of a wrong type`, start);
      skipField(cursor, tag);
    }
  }
  leave(cursor, parentEnd);
}

function checkInner(cursor: Cursor, check: (cursor: Cursor) => void): void {
  const parentEnd = enter(cursor);
  check(cursor);
  leave(cursor, parentEnd);
}

function checkAttribute(cursor: Cursor): void {
  checkKeyValue(cursor, 0);
}

function checkEntityRef(cursor: Cursor): void {
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if (tag >>> 3 <= ENTITY_REF_FIELD_NUMBER_MAX && (tag & 7) !== WIRE_BYTES)
      throw malformed("a field of EntityRef of a wrong type", start);
    skipField(cursor, tag);
  }
}
