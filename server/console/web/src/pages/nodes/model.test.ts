import { expect, test } from "vitest";
import type { ClusterNode } from "../../api/types";
import { clockText, facts, finding, jobName } from "./model";

const node = (name: string, state: ClusterNode["state"], version = "1.0.0"): ClusterNode => ({
  id: name,
  name,
  state,
  version,
  urls: [],
  startedAt: new Date(0),
  renewedAt: new Date(0),
  leaseEndsAt: new Date(0),
  leftAt: null,
  drainAskedBy: null,
  clockMS: 0,
  clockErrorMS: 0,
  cpus: 2,
  load1m: 0,
  memoryBytes: 0,
  machineMemoryBytes: 0,
  machineFreeBytes: 0,
  reportsPerSecond: 1.5,
  reportsStored: 0,
  streams: 0,
  jobsRunning: 0,
  jobsDone: 0,
  jobsFailed: 0,
  versionDiffers: false,
  self: false,
});

test("the finding names what is wrong first", () => {
  expect(finding([node("a", "serving"), node("b", "lost"), node("c", "draining")])).toBe("One node is lost");
  expect(finding([node("a", "serving"), node("c", "draining")])).toBe("One node drains");
  expect(finding([node("a", "serving"), node("b", "serving"), node("c", "left")])).toBe("Two nodes serve");
});

test("facts count those that serve, and tell of an upgrade", () => {
  expect(facts([node("a", "serving"), node("b", "serving"), node("c", "lost")])).toBe("2 serve · 3 reports a second · version 1.0.0");
  expect(facts([node("a", "serving"), node("b", "serving", "1.1.0")])).toContain("2 versions");
});

test("a clock is bad only beyond what the measurement leaves open", () => {
  expect(clockText({ clockMS: -1.25, clockErrorMS: 0.5 })).toEqual({ text: "\u22121.3 ms", bad: false });
  expect(clockText({ clockMS: 3400, clockErrorMS: 1 })).toEqual({ text: "+3.4 s", bad: true });
  expect(clockText({ clockMS: 1200, clockErrorMS: 900 }).bad).toBe(false);
});

test("a job of a newer release keeps the name it gives itself", () => {
  expect(jobName("roll_up")).toBe("Build rollups");
  expect(jobName("count_things")).toBe("count things");
});
