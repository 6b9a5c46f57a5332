/** A request that did not succeed, as a sentence that a person can act on. */
export class APIError extends Error {
  /** HTTP status; 0 when no answer came at all. */
  readonly status: number;
  /** The problem's type, where the node gives one. */
  readonly type: string | undefined;

  constructor(what: string, status: number, detail: string, type?: string) {
    super(`${what}: ${detail}`);
    this.name = "APIError";
    this.status = status;
    this.type = type;
  }
}

/** What happened, for people, from a status and what the node says about it. */
export function explain(status: number, detail: string | undefined): string {
  if (status === 0) return "the node does not answer. Check that it runs and that this browser reaches it.";
  if (status === 401) return "you are not signed in, or your session has ended.";
  if (status === 403) return detail ?? "your role does not allow this.";
  if (status === 404) return detail ?? "it is not there, or not in this time range.";
  if (status === 429) return "too many attempts. Wait a minute, then try again.";
  if (status === 503) return "the node is up, but its database does not answer. Reports wait on the taps meanwhile.";
  if (status >= 500) return "the node failed. Its log says why.";
  return detail ?? `the node answered ${String(status)}.`;
}

/** The sentence of any error. */
export function errorSentence(error: unknown): string {
  return error instanceof Error ? error.message : "an unknown error.";
}
