import { queryOptions } from "@tanstack/react-query";
import { changing, client, read, send } from "./client";
import type { FirstLogin, Login, Session } from "./types";

/** GET /session: who is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }): Promise<Session> => read("Who is signed in", client.GET("/api/v1/session", { signal })),
  staleTime: 60_000,
});

/** POST /session. */
export async function login(body: Login): Promise<void> {
  await send("Sign in", client.POST("/api/v1/session", { body, params: { header: changing } }));
}

/** POST /session/first-login: makes the first administrator. */
export async function firstLogin(body: FirstLogin): Promise<void> {
  await send("First sign-in", client.POST("/api/v1/session/first-login", { body, params: { header: changing } }));
}

/** DELETE /session. */
export async function logout(): Promise<void> {
  await send("Sign out", client.DELETE("/api/v1/session", { params: { header: changing } }));
}
