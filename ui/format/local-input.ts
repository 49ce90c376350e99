/** An instant as an input of type datetime-local takes it, in the reader's zone; "" for "". Example: "2026-11-23T12:05" */
export function toLocalInput(iso: string): string {
  if (iso === "") return "";
  const time = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date}T${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** The instant that such an input names, in ISO 8601; "" for none. */
export function fromLocalInput(text: string): string {
  const timeMs = text === "" ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(timeMs) ? "" : new Date(timeMs).toISOString();
}
