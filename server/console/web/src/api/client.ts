import createClient from "openapi-fetch";
import { dated, type Dated } from "./dated";
import { APIError, explain } from "./errors";
import type { paths } from "./schema";
import type { Scope } from "./types";

/** The only client of the node's API. X-Picket shows that a request comes from no other site's page. */
export const client = createClient<paths>({ baseUrl: "", headers: { "X-Picket": "1" } });

/** The header that changing requests must name, for the types' sake. */
export const changing = { "X-Picket": "1" } as const;

interface Answer<D> {
  data?: D;
  error?: { type?: string; detail?: string; errors?: { message?: string; location?: string }[] };
  response: Response;
}

/** Waits for an answer and gives its data with times as Dates; anything else is an APIError that says what failed. */
export async function read<D>(what: string, request: Promise<Answer<D>>): Promise<Dated<D>> {
  const answer = await send(what, request);
  if (answer.data === undefined) throw new APIError(what, answer.response.status, "the answer is empty or not JSON.");
  return dated(answer.data);
}

/** Waits for an answer without content. */
export async function send<D>(what: string, request: Promise<Answer<D>>): Promise<Answer<D>> {
  let answer: Answer<D>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new APIError(what, 0, explain(0, undefined));
  }
  if (!answer.response.ok) {
    const first = answer.error?.errors?.[0]?.message;
    throw new APIError(what, answer.response.status, explain(answer.response.status, first ?? answer.error?.detail), answer.error?.type);
  }
  return answer;
}

/** The query parameters of a scope. */
export function range(scope: Scope): { from: string; to: string; site?: string } {
  return { from: scope.from, to: scope.to, ...(scope.site === undefined ? {} : { site: scope.site }) };
}
