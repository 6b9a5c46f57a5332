import { expect, test } from "vitest";
import { deed, fieldName, object, valueText } from "./words";

test("a change reads as a sentence", () => {
  expect(deed({ verb: "create", objectKind: "enrolment-token" })).toBe("made enrolment token");
  expect(deed({ verb: "sign-in", objectKind: "user" })).toBe("signed in");
  expect(deed({ verb: "tomorrow", objectKind: "thing" })).toBe("tomorrow thing");
  expect(fieldName("expires_at")).toBe("expires at");
});

test("an id that says nothing is cut, a name and an address are not", () => {
  expect(object({ objectName: "", objectID: "01a205bc-eb05-70dc-90d2-313e321a9e06" })).toEqual({
    text: "…313e321a9e06",
    title: "01a205bc-eb05-70dc-90d2-313e321a9e06",
  });
  expect(object({ objectName: "lobby", objectID: "01a205bc-eb05-70dc-90d2-313e321a9e06" })).toEqual({ text: "lobby" });
  expect(object({ objectName: "", objectID: "main" })).toEqual({ text: "main" });
});

test("a moment is shown as one, other text stays", () => {
  const at = (d: Date): string => d.toISOString();
  expect(valueText("2026-11-23T01:09:56.740459Z", at)).toBe("2026-11-23T01:09:56.740Z");
  expect(valueText("2026-11-23", at)).toBe("2026-11-23");
  expect(valueText("viewer", at)).toBe("viewer");
});
