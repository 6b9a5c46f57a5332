// Boxes let in and adopted, tokens made and ended, somebody invited and given a role, a
// second factor with real codes: on a real node, which tools/e2e sets up with boxes that
// wait. PICKET_CLAIM_CODE is that of one without a token.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { administered, env, password, signIn, url, type Administrator } from "./administrator";
import { inspect, settled } from "./browser";
import { totp } from "./totp";

describe.skipIf(!administered)("boxes and people", () => {
  let by: Administrator;
  let page: Page;
  let open: Administrator["open"];
  let region: Administrator["region"];
  let phone: Administrator["phone"];

  beforeAll(async () => {
    by = await signIn();
    ({ page, open, region, phone } = by);
  });
  afterAll(() => by.browser.close());

  test("boxes with a token for several wait: one is let in, one is rejected", async () => {
    await open("enrolment");
    const waiting = region("Waiting to be let in");
    const rows = waiting.getByRole("row");
    await rows.nth(2).waitFor();
    await inspect(page, "adoption");
    await phone("enrolment");
    await waiting.getByRole("button", { name: /^Let in/ }).first().click();
    await waiting.getByText("is adopted").waitFor();
    await waiting.getByRole("button", { name: /^Reject/ }).click();
    await waiting.getByRole("button", { name: "Reject this box?" }).click();
    await waiting.getByText("is forgotten").waitFor();
  });

  test("a box without a token is adopted by its claim code, and becomes a tap", async () => {
    await open("enrolment");
    const panel = region("Adopt a box by its code");
    await panel.getByLabel("Claim code that the box shows").fill("0000-0000-0000");
    await panel.getByRole("button", { name: "Find the box" }).click();
    await panel.getByRole("alert").waitFor();
    await panel.getByLabel("Claim code that the box shows").fill(env("PICKET_CLAIM_CODE").toLowerCase());
    await panel.getByRole("button", { name: "Find the box" }).click();
    await panel.getByLabel("Name", { exact: true }).fill("lobby-east");
    await inspect(page, "adoption-found");
    await panel.getByRole("button", { name: "Adopt lobby-east" }).click();
    await panel.getByText("is adopted").waitFor();
    await panel.getByRole("link", { name: "open the tap" }).click();
    await page.getByRole("heading", { name: "lobby-east" }).waitFor();
  });

  test("an enrolment token is made, and ended", async () => {
    await open("enrolment");
    const valid = region("Enrolment tokens").getByText("Valid", { exact: true });
    const before = await valid.count();
    await page.getByRole("button", { name: "Make token" }).click();
    await page.locator("code", { hasText: "picket1." }).first().waitFor();
    await expect.poll(() => valid.count()).toBe(before + 1);
    await region("Enrolment tokens").getByRole("button", { name: /^End the token/ }).first().click();
    await region("Enrolment tokens").getByRole("button", { name: "End it now?" }).click();
    await expect.poll(() => valid.count()).toBe(before);
  });

  test("somebody is invited, and sees what the role may see and nothing else", async () => {
    await open("people");
    await page.getByLabel("For whom").fill("Anna of the branch");
    await region("Invitations").getByRole("button", { name: "Make a link" }).click();
    const invitation = (await region("Invitations").locator("code").textContent()) ?? "";
    expect(invitation).toContain("/invitation#token=");
    const theirs = await by.browser.newContext({ viewport: { width: 1440, height: 900 }, ignoreHTTPSErrors: true });
    const anna = await theirs.newPage();
    const refused: string[] = [];
    anna.on("response", (r) => {
      if (r.status() === 403) refused.push(r.url());
    });
    await anna.goto(invitation);
    await anna.getByLabel("Your name").fill("anna");
    await anna.getByLabel("Password").fill("another long password");
    await anna.getByRole("button", { name: "Start" }).click();
    await anna.waitForURL("**/home*");
    await anna.getByRole("navigation", { name: "Pages" }).waitFor();
    await settled(anna);
    const links = await anna.getByRole("navigation", { name: "Pages" }).getByRole("link").allTextContents();
    expect(links.map((l) => l.replace(/\d+ silent$/, ""))).toEqual(["Picket", "Home", "Networks", "Clients", "Taps", "Places", "My account"]);
    for (const path of ["networks", "clients", "taps", "places", "account"]) await open(path, anna);
    expect(await anna.getByRole("link", { name: "Add a tap" }).count()).toBe(0);
    await anna.keyboard.press("Control+k");
    await anna.getByRole("combobox", { name: /Find/ }).waitFor();
    await anna.keyboard.press("Escape");
    for (const path of ["nodes", "health", "people", "audit", "certificates", "enrolment", "hosts", "sign-in"]) {
      await open(path, anna);
      await anna.getByRole("heading", { name: /is not for your role/ }).waitFor();
    }
    expect(refused).toEqual([]);
    await open("people");
    await page.getByRole("combobox", { name: "Role of anna" }).selectOption("operator");
    await expect.poll(() => page.getByRole("combobox", { name: "Role of anna" }).inputValue()).toBe("operator");
    await inspect(page, "people", { whole: true });
    await phone("people");
    await open("health", anna);
    await anna.getByRole("region", { name: "Signs" }).waitFor();
    await theirs.close();
  });

  test("an administrator signs somebody out everywhere", async () => {
    await open("people");
    const users = region("All users");
    await users.getByRole("button", { name: "Change anna" }).click();
    await page.getByRole("menuitem", { name: "End sessions…" }).click();
    await users.getByRole("button", { name: "End sessions" }).click();
    await users.getByText("is signed out everywhere", { exact: false }).waitFor();
  });

  test("an API token is made and ended, and a node takes it only meanwhile", async () => {
    await open("account");
    const tokens = region("API tokens");
    await tokens.getByLabel("What for").fill("a report every morning");
    await tokens.getByRole("button", { name: "Make a token" }).click();
    const token = (await tokens.locator("code").textContent()) ?? "";
    const strangers = await by.browser.newContext({ ignoreHTTPSErrors: true });
    const ask = async (): Promise<number> =>
      (await strangers.request.get(`${url}/api/v1/tenants/default/taps`, { headers: { Authorization: `Bearer ${token}` } })).status();
    expect(await ask()).toBe(200);
    await tokens.getByRole("button", { name: "End the token a report every morning" }).click();
    await tokens.getByRole("button", { name: "End it now?" }).click();
    await tokens.getByText("You have no token.").waitFor();
    expect(await ask()).toBe(401);
    await strangers.close();
  });

  test("a second factor is set up with a real code, and asked for at the next sign-in", async () => {
    await open("account");
    const factor = region("Second factor");
    await factor.getByLabel("Your password").fill(password);
    await factor.getByRole("button", { name: "Set up" }).click();
    const secret = (await factor.locator("code").textContent()) ?? "";
    await factor.getByLabel("Code", { exact: true }).fill("000000");
    await factor.getByRole("button", { name: "Put into force" }).click();
    await factor.getByRole("alert").waitFor();
    const first = Date.now();
    await factor.getByLabel("Code", { exact: true }).fill(totp(secret, first));
    await factor.getByRole("button", { name: "Put into force" }).click();
    await factor.getByText("Keep these recovery codes").waitFor();
    const codes = ((await factor.locator("code").textContent()) ?? "").trim().split(/\s+/);
    expect(codes.length).toBeGreaterThanOrEqual(8);
    await factor.getByRole("button", { name: "I have kept them" }).click();
    await factor.getByText("It is in force").waitFor();
    await inspect(page, "account", { whole: true });
    await phone("account");
    const again = await by.browser.newContext({ ignoreHTTPSErrors: true });
    const second = await again.newPage();
    await second.goto(`${url}/login`);
    await second.getByLabel("Name").fill("admin");
    await second.getByLabel("Password").fill(password);
    await second.getByRole("button", { name: "Sign in" }).click();
    await second.getByRole("heading", { name: "Your second factor" }).waitFor();
    await second.getByLabel(/^Code/).fill(codes[0] ?? "");
    await second.getByRole("button", { name: "Sign in" }).click();
    await second.waitForURL("**/home*");
    await again.close();
    await open("account");
    await factor.getByLabel("Code", { exact: true }).fill(codes[1] ?? "");
    await factor.getByRole("button", { name: "Remove it" }).click();
    await factor.getByText("your password alone signs you in").waitFor();
  });

  test("nothing complained, and nothing was refused by the content security policy", () => expect(by.found).toEqual([]));
});
