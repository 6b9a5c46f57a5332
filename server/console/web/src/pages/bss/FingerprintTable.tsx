import type { Fingerprint } from "../../api/types";
import { Badge } from "../../components/Badge";
import { SimpleTable } from "../../components/SimpleTable";
import { textStyle } from "../../components/text";
import css from "./bss.module.css";

type Element = Fingerprint["elements"][number];

/** The elements of a beacon or probe response, in the order sent. */
export function FingerprintTable({ fingerprint, what }: { fingerprint: Fingerprint | null; what: string }) {
  return (
    <SimpleTable<Element>
      label={`Elements of the ${what}`}
      dense
      rows={fingerprint?.elements ?? []}
      rowKey={(e, i) => `${String(e.id)} ${String(i)}`}
      none={
        fingerprint === null
          ? `No ${what} was heard in this time range.`
          : `A ${what} was heard, but the tap has not sent its list of elements yet. The node has asked for it.`
      }
      columns={[
        { header: "Id", right: true, cell: (e) => (e.idExtension === null ? e.id : `${String(e.id)}/${String(e.idExtension)}`) },
        { header: "Element", cell: (e) => e.name },
        { header: "Class", cell: (e) => (e.class === "stable" ? <Badge tone="info">stable</Badge> : <Badge tone="none">volatile</Badge>) },
        {
          header: "Content",
          cell: (e) =>
            e.content === null ? (
              <span className={textStyle.dim}>changes by design</span>
            ) : (
              <span className={`${textStyle.mono} ${css["content"] ?? ""}`} title={e.content}>
                {e.content.replaceAll(/(..)(?!$)/g, "$1 ")}
              </span>
            ),
        },
        { header: "Octets", right: true, cell: (e) => e.length ?? "–" },
      ]}
    />
  );
}
