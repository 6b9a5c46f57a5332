import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auditQuery, type AuditFilter } from "../../api/people";
import { Button } from "../../components/Button";
import { ChoiceField, formStyle, TextField } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Sentence, Stranger, textStyle, When } from "../../components/text";
import { useScope } from "../../url/useView";
import { differences } from "./difference";

const verbs = ["", "create", "change", "delete", "revoke", "adopt", "drain"];

/** Who changed what in the tenant, and what is different since. */
export function AuditPage() {
  const { tenant } = useScope();
  const [filter, setFilter] = useState<AuditFilter>({ actor: "", verb: "", object: "" });
  const log = useInfiniteQuery(auditQuery(tenant, filter));
  const set = (part: Partial<AuditFilter>): void => setFilter({ ...filter, ...part });
  return (
    <>
      <PageHeader title="Who changed what" tab="Audit log" facts="the last 30 days; nobody can change or remove an entry" />
      <Stack>
        <Panel title="Show" pad>
          <div className={formStyle.form}>
            <TextField label="Who" value={filter.actor} set={(actor) => set({ actor })} max={100} />
            <ChoiceField
              label="Did"
              value={filter.verb}
              set={(verb) => set({ verb })}
              options={verbs.map((v) => ({ value: v, label: v === "" ? "anything" : v }))}
            />
            <TextField label="To what" value={filter.object} set={(object) => set({ object })} />
          </div>
        </Panel>
        <Panel title="Changes" note="newest first">
          <Loaded query={log} bones={<BoneRows rows={8} />}>
            {(data) => (
              <SimpleTable
                label="Changes"
                rows={data.pages.flatMap((p) => p.items)}
                rowKey={(e) => e.id}
                none="Nothing was changed that fits."
                columns={[
                  { header: "When", cell: (e) => <When at={e.at} /> },
                  {
                    header: "Who",
                    cell: (e) => (
                      <>
                        <Stranger text={e.actorName} max={64} />
                        <span className={textStyle.dim}> {e.actorKind === "user" ? e.address : e.actorKind}</span>
                      </>
                    ),
                  },
                  { header: "Did", cell: (e) => `${e.verb} ${e.objectKind}` },
                  { header: "To", cell: (e) => <Stranger text={e.objectName || e.objectID} max={64} /> },
                  { header: "Difference", wrap: true, cell: (e) => <Differences before={e.before} after={e.after} /> },
                ]}
              />
            )}
          </Loaded>
          {log.hasNextPage && (
            <Button look="ghost" disabled={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
              Older changes
            </Button>
          )}
        </Panel>
      </Stack>
    </>
  );
}

function Differences({ before, after }: { before: unknown; after: unknown }) {
  const list = differences(before, after);
  if (list.length === 0) return <span className={textStyle.dim}>none to show</span>;
  return (
    <dl className={formStyle.diff}>
      {list.map((d) => (
        <div key={d.field}>
          <Sentence text={`${d.field}: ${d.before ?? "—"} → ${d.after ?? "—"}`} />
        </div>
      ))}
    </dl>
  );
}
