import { startFixtureServer } from "../test/fixtures/server";

/** What the suite runs against. */
export interface Target {
  url: string;
  firstLogin: string;
  real: boolean;
  close: () => Promise<void>;
}

/** The node that PICKET_URL and PICKET_FIRST_LOGIN name, or else the stand-in over the built console. */
export async function openTarget(): Promise<Target> {
  const url = process.env["PICKET_URL"];
  const firstLogin = process.env["PICKET_FIRST_LOGIN"];
  if (url !== undefined && url !== "") {
    if (firstLogin === undefined || firstLogin === "")
      throw new Error("PICKET_URL is set, PICKET_FIRST_LOGIN is not: the suite needs the node's first-login link");
    return { url: url.replace(/\/$/, ""), firstLogin, real: true, close: () => Promise.resolve() };
  }
  const server = await startFixtureServer("dist");
  return { url: server.url, firstLogin: server.firstLogin, real: false, close: server.close };
}
