import { expect, test } from "vitest";
import type { Session } from "../api/types";
import { allows } from "./may";

const session: Session = {
  user: { id: "u", name: "anna", role: "member" },
  permissions: [],
  organisations: [{ id: "o1", name: "Example", permissions: ["read:tenants"], needsSecondFactor: false }],
  tenants: [
    { slug: "north", name: "North", permissions: ["read:taps", "read:health"], needsSecondFactor: false },
    { slug: "south", name: "South", permissions: ["read:taps"], needsSecondFactor: true },
  ],
  secondFactor: false,
  version: "1.0.0",
};

test("a permission holds where it was given and nowhere else", () => {
  expect(allows(session, { tenant: "north" }, "read:health")).toBe(true);
  expect(allows(session, { tenant: "north" }, "change:taps")).toBe(false);
  expect(allows(session, { tenant: "elsewhere" }, "read:taps")).toBe(false);
  expect(allows(session, { organisation: "o1" }, "read:tenants")).toBe(true);
  expect(allows(session, "installation", "read:tenants")).toBe(false);
});

test("where a second factor is lacking nothing is allowed", () => {
  expect(allows(session, { tenant: "south" }, "read:taps")).toBe(false);
});

test("nobody may do nothing", () => {
  expect(allows(undefined, "installation", "read:cluster")).toBe(false);
});
