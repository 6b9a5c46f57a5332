// Certificates, providers, places, the audit log of what people.e2e.ts did, health, and a
// node drained at the end: on a real node, which tools/e2e sets up. PICKET_CERTIFICATE and
// PICKET_CERTIFICATE_KEY name files.
import { connect } from "node:tls";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { administered, env, signIn, url, type Administrator } from "./administrator";
import { inspect, settled } from "./browser";

/** The common name of the certificate that the node serves under a name. */
function subject(name: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), servername: name, rejectUnauthorized: false }, () => {
      const { CN } = socket.getPeerCertificate().subject;
      socket.end();
      resolve(CN);
    });
    socket.on("error", reject);
  });
}

describe.skipIf(!administered)("the system", () => {
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

  test("a certificate is checked, uploaded, served by its name, and removed", async () => {
    await open("certificates");
    const upload = region("Upload a certificate");
    await upload.getByLabel("File with the certificate").setInputFiles(env("PICKET_CERTIFICATE"));
    await upload.getByLabel("File with the key").setInputFiles(env("PICKET_CERTIFICATE"));
    await expect.poll(() => upload.getByLabel("Private key, without a password").inputValue()).not.toBe("");
    await upload.getByRole("button", { name: "Check it" }).click();
    await upload.getByRole("alert").waitFor();
    await upload.getByLabel("File with the key").setInputFiles(env("PICKET_CERTIFICATE_KEY"));
    await expect.poll(() => upload.getByLabel("Private key, without a password").inputValue()).toContain("PRIVATE KEY"); // a file is read in its own time
    await upload.getByRole("button", { name: "Check it" }).click();
    await upload.getByText("console.example.org").first().waitFor();
    await inspect(page, "certificate-found", { whole: true });
    await upload.getByRole("button", { name: "Serve it for console.example.org" }).click();
    await upload.getByText("All nodes serve it").waitFor();
    await inspect(page, "certificates");
    await expect.poll(() => subject("console.example.org"), { timeout: 15_000 }).toBe("console.example.org");
    await phone("certificates");
    await page.getByRole("button", { name: "Remove the certificate for console.example.org" }).click();
    await page.getByRole("button", { name: "Serve it no more?" }).click();
    await page.getByText("None is uploaded").waitFor();
    await expect.poll(() => subject("console.example.org"), { timeout: 15_000 }).not.toBe("console.example.org");
  });

  test("a provider is added, changed and removed", async () => {
    await open("sign-in");
    const providers = region("Providers for Default");
    await providers.getByRole("button", { name: "Add a provider…" }).click();
    await providers.getByLabel("Name, on its button").fill("Example ID");
    await providers.getByLabel("Issuer").fill("https://id.example.org");
    await providers.getByLabel("Client ID").fill("picket");
    await providers.getByLabel("Client secret").fill("not a secret");
    await providers.getByRole("button", { name: "Add a group" }).click();
    await providers.getByLabel("Group there").fill("network-team");
    await inspect(page, "provider", { whole: true });
    await providers.getByRole("button", { name: "Add the provider" }).click();
    await providers.getByText("1 group").waitFor();
    await providers.getByRole("button", { name: "Change Example ID" }).click();
    await providers.getByLabel("In use: its button is on the sign-in page").uncheck();
    await providers.getByRole("button", { name: "Keep" }).click();
    await providers.getByText("Switched off").waitFor();
    await inspect(page, "sign-in");
    await phone("sign-in");
    await providers.getByRole("button", { name: "Remove Example ID" }).click();
    await providers.getByRole("button", { name: "Nobody signs in by it any more?" }).click();
    await providers.getByText("There is none").waitFor();
  });

  test("a site is made, renamed, given a floor, and removed", async () => {
    await open("places");
    await page.getByLabel("Name of the site").fill("Gent, Korenmarkt");
    await page.getByRole("button", { name: "Make a site" }).click();
    const sites = region("Sites");
    await sites.getByText("gent-korenmarkt").waitFor();
    await page.getByRole("button", { name: "Floors of Gent, Korenmarkt" }).click();
    await page.getByLabel("Name of the floor").fill("Ground");
    await page.getByRole("button", { name: "Make a floor" }).click();
    await page.getByRole("cell", { name: "Ground", exact: true }).waitFor();
    await inspect(page, "places");
    await page.getByRole("button", { name: "Rename Gent, Korenmarkt" }).click();
    await page.getByLabel("New name of Gent, Korenmarkt").fill("Gent");
    await page.getByRole("button", { name: "Rename", exact: true }).last().click();
    await sites.getByRole("cell", { name: "Gent", exact: true }).waitFor();
    await sites.getByRole("button", { name: "Remove Gent" }).click();
    await sites.getByRole("button", { name: "Remove the site?" }).click();
    await expect.poll(() => sites.getByText("gent-korenmarkt").count()).toBe(0);
    await phone("places");
  });

  test("the audit log tells of it, with the difference, and is filtered in the URL", async () => {
    await open("audit");
    await page.getByLabel("Did").selectOption("adopt");
    await page.waitForURL("**q=did**");
    await expect.poll(() => page.getByRole("cell", { name: "adopted", exact: false }).count()).toBeGreaterThan(0);
    await page.reload();
    await settled(page);
    expect(await page.getByLabel("Did").inputValue()).toBe("adopt");
    await page.getByLabel("Did").selectOption("change");
    await page.getByRole("row", { name: /anna.*role.*viewer.*operator/ }).waitFor();
    await open("audit");
    await inspect(page, "audit", { whole: true });
    await phone("audit");
    await open("audit?tab=installation");
    await page.getByRole("row", { name: /certificate.*console\.example\.org/ }).first().waitFor();
  });

  test("Health says what is good and bad, each with its reason", async () => {
    await open("health");
    await region("Signs").getByRole("row", { name: /Node/ }).first().waitFor();
    await region("What the nodes measured").getByRole("row").nth(1).waitFor();
    await inspect(page, "health", { whole: true });
    await phone("health");
  });

  test("nothing complained, and nothing was refused by the content security policy", () => expect(by.found).toEqual([]));

  test("a node is drained after asking again, and stops", async () => {
    await open("nodes");
    await inspect(page, "nodes", { whole: true });
    await phone("nodes");
    await region("Nodes").getByRole("button", { name: /^Drain/ }).click();
    await region("Nodes").getByRole("button", { name: "Stop the only node that serves?" }).click();
    const alive = () => page.request.get(`${url}/healthz`).then(() => true, () => false);
    await expect.poll(alive, { timeout: 60_000 }).toBe(false);
  });
});
