import { basename } from "node:path";

/** The service that a file's name tells: "/var/log/nginx/access.log.1" gives "access". */
export function serviceOfFile(path: string): string {
  return basename(path).replace(/(?<=.)(?:\.(?:log|txt|json|jsonl|out|err|\d{1,9}))+$/, "");
}
