import { describe, expect, it } from "vitest";
import type { Diagnosis, HealthSign } from "../../api/types";
import { finding } from "./model";

const sign = (state: HealthSign["state"]): HealthSign => ({ kind: "node", state, subject: "a", tapID: "", reason: "r", cure: "" });
const diagnosis: Diagnosis = {
  node: "a",
  symptom: "slow_interface",
  resource: "database_read",
  evidence: "e",
  reason: "r",
  cure: "c",
  score: 2,
};

describe("the finding", () => {
  it("is what is short, if anything is", () => {
    expect(finding({ diagnoses: [diagnosis], indicators: [sign("critical")] })).toBe("The console is slow: reading from the database");
  });
  it("is else the worst state", () => {
    expect(finding({ diagnoses: [], indicators: [sign("good"), sign("warning"), sign("unknown")] })).toContain("needs attention");
    expect(finding({ diagnoses: [], indicators: [sign("critical"), sign("critical")] })).toContain("are critical");
  });
  it("never takes the unknown for good", () => {
    expect(finding({ diagnoses: [], indicators: [sign("good"), sign("unknown")] })).toContain("not known");
    expect(finding({ diagnoses: [], indicators: [sign("good")] })).toBe("All is well");
  });
});
