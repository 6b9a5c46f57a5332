import { startFixtureServer } from "../test/fixtures/server";

/** What the suite runs against. */
export interface Target {
  url: string;
  firstLogin: string | undefined; // undefined: sign in as admin with PICKET_PASSWORD
  real: boolean;
  close: () => Promise<void>;
}

/** The node that PICKET_URL and PICKET_FIRST_LOGIN name, or else the stand-in over the built console. */
export async function openTarget(): Promise<Target> {
  const url = process.env["PICKET_URL"];
  const firstLogin = process.env["PICKET_FIRST_LOGIN"];
  if (url !== undefined && url !== "") {
    return {
      url: url.replace(/\/$/, ""),
      firstLogin: firstLogin === "" ? undefined : firstLogin,
      real: true,
      close: () => Promise.resolve(),
    };
  }
  const server = await startFixtureServer("dist");
  return { url: server.url, firstLogin: server.firstLogin, real: false, close: server.close };
}
