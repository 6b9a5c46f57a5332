import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { adoptBox, boxesQuery, rejectBox } from "../../api/boxes";
import { errorSentence } from "../../api/errors";
import type { PendingBox } from "../../api/types";
import { Button } from "../../components/Button";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { Stranger, When } from "../../components/text";
import { plural } from "../../format/number";
import css from "./enrolment.module.css";

/** Boxes that came with a token for several, and wait until somebody lets them in. Nothing where none does. */
export function WaitingPanel({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const { data } = useQuery(boxesQuery(tenant));
  const settle = useMutation({
    mutationFn: async ({ box, accept }: { box: PendingBox; accept: boolean }): Promise<void> => {
      if (accept) await adoptBox(tenant, { code: box.code });
      else await rejectBox(tenant, box.code);
    },
    onSettled: () => queries.invalidateQueries(),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Panel title="Waiting to be let in" note={`${plural(data.items.length, "box", "boxes")} by tokens for several: compare the codes`}>
      <SimpleTable
        label="Boxes that wait to be let in"
        rows={data.items}
        rowKey={(b) => b.code}
        none=""
        columns={[
          { header: "Code", cell: (b) => <code>{b.code}</code> },
          { header: "Name", cell: (b) => <Stranger text={b.name} max={40} /> },
          { header: "Site", cell: (b) => (b.site === null ? "" : <Stranger text={b.site.name} max={40} />) },
          { header: "From", cell: (b) => b.address },
          { header: "Asked last", cell: (b) => <When at={b.lastHeardAt} /> },
          {
            header: "",
            right: true,
            cell: (b) => (
              <span className={css["pair"]}>
                <Button small onClick={() => settle.mutate({ box: b, accept: true })} aria-label={`Let in ${b.code}`}>
                  Let in
                </Button>
                <Button small look="ghost" onClick={() => settle.mutate({ box: b, accept: false })} aria-label={`Reject ${b.code}`}>
                  Reject
                </Button>
              </span>
            ),
          },
        ]}
      />
      {settle.error && (
        <p className={css["bad"]} role="alert">
          {errorSentence(settle.error)}
        </p>
      )}
    </Panel>
  );
}
