/** The kind of what comes after an event of this template instead of another one: the end of a session, or silence. An event's
 * own kind is its template's id. */
export function endKind(templateId: string): string {
  return `end ${templateId}`;
}
