/** Only a path of this console: never another host, whatever the link said. */
export function safePath(hash: string): string {
  return /^\/[a-z0-9]/i.test(hash) ? hash : "/";
}
