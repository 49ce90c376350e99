import { Buffer } from "node:buffer";
import { bodyText } from "../../processor/wire/body-text.ts";
import type { AttributeValue } from "../../processor/wire/record-view.ts";
import {
  isNameKey,
  isOption,
  isValueKey,
  type RequestEditors,
  type TextEditor,
} from "../../processor/wire/rewrite-texts.ts";
import type { ExportLogsServiceRequest } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import type {
  AnyValue,
  InstrumentationScope,
  KeyValue,
} from "../../proto/gen/opentelemetry/proto/common/v1/common_pb.js";
import type { LogRecord } from "../../proto/gen/opentelemetry/proto/logs/v1/logs_pb.js";

/** Edits the texts of a decoded request in place: by another reader than the one that edits its bytes. */
export function editTexts(request: ExportLogsServiceRequest, editors: RequestEditors): void {
  const { sender } = editors;
  for (const resourceLogs of request.resourceLogs) {
    editAttributes(resourceLogs.resource?.attributes ?? [], sender);
    resourceLogs.schemaUrl = edited(resourceLogs.schemaUrl, "schemaUrl", sender);
    for (const scopeLogs of resourceLogs.scopeLogs) {
      scopeLogs.schemaUrl = edited(scopeLogs.schemaUrl, "schemaUrl", sender);
      if (scopeLogs.scope !== undefined) editScope(scopeLogs.scope, sender);
      for (const record of scopeLogs.logRecords) editRecord(record, editors);
    }
  }
}

function editScope(scope: InstrumentationScope, sender: TextEditor): void {
  editAttributes(scope.attributes, sender);
  scope.name = edited(scope.name, "name", sender);
  scope.version = edited(scope.version, "version", sender);
}

function editRecord(record: LogRecord, editors: RequestEditors): void {
  const editor = editors.record(bodyText(plainValue(record.body)));
  record.severityText = edited(record.severityText, "severityText", editor);
  record.eventName = edited(record.eventName, "eventName", editor);
  if (record.body !== undefined) editValue(record.body, "body", editor);
  editAttributes(record.attributes, editor);
}

/** An absent field and an empty one are the same here; on the wire neither has a text. */
function edited(text: string, key: string, editor: TextEditor): string {
  return text === "" ? text : editor.text(text, key);
}

/** @param called what a map is the value of, by its entry `name` or `key` */
function editAttributes(attributes: readonly KeyValue[], editor: TextEditor, called?: string): void {
  for (const { key, value } of attributes) {
    if (value === undefined) continue;
    const name = called !== undefined && isValueKey(key) ? called : key;
    editWhole(value, name, key, editor);
  }
}

/** A value as a whole, by its name, or its texts one by one. */
function editWhole(any: AnyValue, name: string, key: string, editor: TextEditor): void {
  const whole = editor.value(name, () => plainValue(any));
  if (whole === undefined) editValue(any, key, editor);
  else any.value = { case: "stringValue", value: whole };
}

function editList(values: readonly AnyValue[], key: string, editor: TextEditor): void {
  const texts = values.map(({ value }) => (value.case === "stringValue" ? value.value : ""));
  for (const [index, one] of values.entries()) {
    const option = texts[index - 1] ?? "";
    if (isOption(option) && !isOption(texts[index] ?? "")) editWhole(one, option, key, editor);
    else editValue(one, key, editor);
  }
}

function editValue(any: AnyValue, key: string, editor: TextEditor): void {
  const { value } = any;
  if (value.case === "stringValue")
    any.value = { case: "stringValue", value: edited(value.value, key, editor) };
  else if (value.case === "arrayValue") editList(value.value.values, key, editor);
  else if (value.case === "kvlistValue") {
    const { values } = value.value;
    const names = values.filter((one) => isNameKey(one.key)).map((one) => plainValue(one.value));
    const called = names.findLast((name) => typeof name === "string");
    editAttributes(values, editor, called);
  }
}

/** A decoded value as our own reader gives it. */
export function plainValue(any: AnyValue | undefined): AttributeValue {
  const value = any?.value;
  switch (value?.case) {
    case "arrayValue":
      return value.value.values.map(plainValue);
    case "kvlistValue":
      return Object.fromEntries(value.value.values.map((one) => [one.key, plainValue(one.value)]));
    case "bytesValue":
      return Buffer.from(value.value);
    case "stringValue":
    case "boolValue":
    case "intValue":
    case "doubleValue":
      return value.value;
    default:
      return null;
  }
}
