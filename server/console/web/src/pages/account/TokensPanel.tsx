import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { apiTokensQuery, createAPIToken, removeAPIToken, rolesQuery } from "../../api/people";
import { ChoiceField, formStyle, LineForm, Once, Sure, TextField, Wrong } from "../../components/form";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";

const lives = [7, 30, 90, 365].map((d) => ({ value: String(d), label: `${String(d)} days` }));

/** Tokens by which programs do what their owner may. */
export function TokensPanel() {
  const queries = useQueryClient();
  const tokens = useQuery(apiTokensQuery);
  const roles = useQuery(rolesQuery);
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const [days, setDays] = useState("90");
  const again = () => queries.invalidateQueries({ queryKey: ["account", "tokens"] });
  const permissions = roles.data?.roles.find((r) => r.name === role)?.permissions ?? [];
  const make = useMutation({ mutationFn: () => createAPIToken({ name, permissions, days: Number(days) }), onSettled: again });
  const drop = useMutation({ mutationFn: removeAPIToken, onSettled: again });
  return (
    <Panel title="API tokens" note="never more than you may yourself" pad>
      <div className={formStyle.stack}>
        <LineForm submit={() => make.mutate()} word="Make a token" busy={make.isPending || name === "" || permissions.length === 0} error={make.error}>
          <TextField label="What for" value={name} set={setName} max={100} />
          <ChoiceField label="May do what a" value={role} set={setRole} options={(roles.data?.roles ?? []).map((r) => ({ value: r.name, label: r.name }))} />
          <ChoiceField label="Lasts" value={days} set={setDays} options={lives} />
        </LineForm>
        {make.data && (
          <>
            <p className={formStyle.text}>For the header “Authorization: Bearer”. It is shown this once.</p>
            <Once text={make.data.token} what="token" />
          </>
        )}
        <Loaded query={tokens} bones={<BoneRows rows={2} />}>
          {(list) => (
            <SimpleTable
              label="API tokens"
              rows={list.items}
              rowKey={(t) => t.id}
              none="You have no token."
              columns={[
                { header: "For", cell: (t) => <Stranger text={t.name} max={64} /> },
                { header: "Begins", cell: (t) => <span className={textStyle.mono}>{t.prefix}…</span> },
                { header: "May", wrap: true, cell: (t) => t.permissions.join(", ") },
                { header: "Ends", cell: (t) => <When at={t.expiresAt} /> },
                { header: "Used", cell: (t) => (t.lastUsedAt ? <When at={t.lastUsedAt} /> : "never") },
                { header: "", right: true, cell: (t) => <Sure word="End" ask="End it now?" act={() => drop.mutate(t.id)} /> },
              ]}
            />
          )}
        </Loaded>
        <Wrong error={drop.error} />
      </div>
    </Panel>
  );
}
