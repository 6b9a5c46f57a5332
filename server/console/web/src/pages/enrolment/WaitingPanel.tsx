import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { adoptBox, boxesQuery, rejectBox } from "../../api/boxes";
import type { PendingBox } from "../../api/types";
import { Button } from "../../components/Button";
import { Done, Sure, Wrong } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { Stranger, textStyle, When } from "../../components/text";
import { plural } from "../../format/number";
import { useMay } from "../../session/may";
import { Adopted } from "./AdoptPanel";
import css from "./enrolment.module.css";

/** Boxes that came with a token for several, and wait until somebody lets them in. Nothing where none does. */
export function WaitingPanel({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const mayChange = useMay()("change:enrolment");
  const boxes = useQuery(boxesQuery(tenant)).data?.items ?? [];
  const settled = { onSettled: () => queries.invalidateQueries() };
  const adopt = useMutation({ mutationFn: (box: PendingBox) => adoptBox(tenant, { code: box.code }), ...settled });
  const reject = useMutation({ mutationFn: (box: PendingBox) => rejectBox(tenant, box.code), ...settled });
  const told = adopt.data ?? adopt.error ?? reject.error ?? (reject.isSuccess || null);
  if (boxes.length === 0 && told === null) return null;
  return (
    <Panel title="Waiting to be let in" note={`${plural(boxes.length, "box", "boxes")} with a token for several: compare each code with the box`}>
      <SimpleTable
        label="Boxes that wait to be let in"
        stack
        rows={boxes}
        rowKey={(b) => b.code}
        none="No box waits any more."
        columns={[
          { header: "Code", cell: (b) => <span className={textStyle.mono}>{b.code}</span> },
          { header: "Name", cell: (b) => <Stranger text={b.name} max={40} /> },
          { header: "Site", cell: (b) => (b.site === null ? "" : <Stranger text={b.site.name} max={40} />) },
          { header: "From", cell: (b) => b.address },
          { header: "Asked last", cell: (b) => <When at={b.lastHeardAt} form="ago" /> },
          ...(mayChange
            ? [
                {
                  header: "",
                  right: true,
                  cell: (b: PendingBox) => (
                    <span className={css["pair"]}>
                      <Button small onClick={() => adopt.mutate(b)} aria-busy={adopt.isPending} aria-label={`Let in ${b.code}`}>
                        Let in
                      </Button>
                      <Sure word="Reject" label={`Reject ${b.code}`} ask="Reject this box?" act={() => reject.mutate(b)} />
                    </span>
                  ),
                },
              ]
            : []),
        ]}
      />
      {told !== null && (
        <Part>
          {adopt.data && <Adopted tenant={tenant} name={adopt.variables.name} tap={adopt.data.tapId} />}
          {reject.isSuccess && (
            <Done>
              <Stranger text={reject.variables.name} max={64} /> is forgotten. If it asks again, it waits here again; end its token to keep it out.
            </Done>
          )}
          <Wrong error={adopt.error ?? reject.error} />
        </Part>
      )}
    </Panel>
  );
}
