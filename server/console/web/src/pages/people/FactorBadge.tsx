import { WordBadge, type Word } from "../../components/Badge";

const setUp: Word = { tone: "ok", mark: "ok", word: "Set up" };
const lacking: Word = { tone: "none", mark: "none", word: "None" };

/** Whether somebody has set up a second factor. */
export function FactorBadge({ has }: { has: boolean }) {
  return <WordBadge word={has ? setUp : lacking} />;
}
