import type { Certificate } from "../../api/certificates";
import type { Word } from "../../components/Badge";
import { numberWord } from "../../format/number";

const day = 86_400_000;
/** From how many days before its end a certificate wants to be replaced. */
const SOON = 21;

type Dates = Pick<Certificate, "notBefore" | "notAfter">;

/** Whole days until a certificate ends; negative: it has ended. */
function daysLeft(c: Dates, now: Date): number {
  return Math.floor((c.notAfter.getTime() - now.getTime()) / day);
}

/** Whether a certificate is good now, and how long still. */
export function validity(c: Dates, now: Date): Word {
  const left = daysLeft(c, now);
  if (left < 0) return { tone: "high", mark: "attention", word: "Ended" };
  if (c.notBefore > now) return { tone: "none", mark: "pending", word: "Not yet good" };
  if (left < SOON) return { tone: "med", mark: "degraded", word: left === 0 ? "Ends today" : `${String(left)} days left` };
  return { tone: "ok", mark: "ok", word: "Good" };
}

/** The page's finding: what wants to be replaced comes first. */
export function finding(certificates: readonly Dates[], now: Date): string {
  if (certificates.length === 0) return "Browsers get the cluster\u2019s own certificate";
  const ended = certificates.filter((c) => daysLeft(c, now) < 0).length;
  if (ended > 0) return `${numberWord(ended)} ${ended === 1 ? "certificate has" : "certificates have"} ended`;
  const soon = certificates.filter((c) => daysLeft(c, now) < SOON).length;
  if (soon > 0) return `${numberWord(soon)} ${soon === 1 ? "certificate ends" : "certificates end"} within three weeks`;
  return `${numberWord(certificates.length)} ${certificates.length === 1 ? "certificate is" : "certificates are"} served`;
}
