import { expect, test } from "vitest";
import { differences } from "./difference";

test("what was made has no before", () => {
  expect(differences(null, { name: "North", level: 2 })).toEqual([
    { field: "level", before: undefined, after: "2" },
    { field: "name", before: undefined, after: "North" },
  ]);
});

test("what stayed is left out, fields within fields are named whole", () => {
  expect(differences({ name: "a", radio: { use: true, own: [1] } }, { name: "a", radio: { use: false, own: [1] } })).toEqual([
    { field: "radio.use", before: "true", after: "false" },
  ]);
});

test("what was removed has no after", () => {
  expect(differences({ role: "viewer" }, null)).toEqual([{ field: "role", before: "viewer", after: undefined }]);
});
