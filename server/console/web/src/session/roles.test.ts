import { expect, test } from "vitest";
import { permissionText, roleName } from "./roles";

test("roles and permissions are said in words", () => {
  expect(roleName("tenant-admin")).toBe("Tenant administrator");
  expect(roleName("of-tomorrow")).toBe("of-tomorrow");
  expect(permissionText(["read:taps", "change:taps", "read:air"])).toBe("read taps, air; change taps");
  expect(permissionText([])).toBe("");
});
