import { expect, test } from "vitest";
import { finding, validity } from "./model";

const now = new Date("2026-11-22T12:00:00Z");
const ends = (days: number) => ({ notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date(now.getTime() + days * 86_400_000) });

test("a certificate is good, ends soon, or has ended", () => {
  expect(validity(ends(60), now).word).toBe("Good");
  expect(validity(ends(5.5), now).word).toBe("5 days left");
  expect(validity(ends(0.5), now).word).toBe("Ends today");
  expect(validity(ends(-0.1), now).word).toBe("Ended");
  expect(validity({ ...ends(60), notBefore: new Date(now.getTime() + 1) }, now).word).toBe("Not yet good");
});

test("the finding names what wants to be replaced first", () => {
  expect(finding([], now)).toContain("own certificate");
  expect(finding([ends(60), ends(-1), ends(3)], now)).toBe("One certificate has ended");
  expect(finding([ends(60), ends(3)], now)).toBe("One certificate ends within three weeks");
  expect(finding([ends(60), ends(61)], now)).toBe("Two certificates are served");
});
