import { hash } from "node:crypto";

/** 16 hex digits of the SHA-256 of a template's text: the same on every machine and after every restart. */
export function templateId(text: string): string {
  return hash("sha256", text).slice(0, 16);
}
