import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { apiTokensQuery, createAPIToken, removeAPIToken, rolesQuery } from "../../api/people";
import { sessionQuery } from "../../api/session";
import { ChoiceField, formStyle, LineForm, Once, Sure, TextField, Wrong } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { permissionText, roleName } from "../../session/roles";

const lives = [7, 30, 90, 365].map((d) => ({ value: String(d), label: `${String(d)} days` }));

/** Tokens by which programs do what their owner may. */
export function TokensPanel() {
  const queries = useQueryClient();
  const tokens = useQuery(apiTokensQuery);
  const roles = useQuery(rolesQuery);
  const session = useQuery(sessionQuery).data;
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const [days, setDays] = useState("90");
  const again = () => queries.invalidateQueries({ queryKey: ["account", "tokens"] });
  // What the node would refuse is not offered: a token may not do more than its owner, somewhere.
  const mine = new Set([session?.permissions, ...(session?.tenants ?? []).map((t) => t.permissions), ...(session?.organisations ?? []).map((o) => o.permissions)].flat());
  const offered = (roles.data?.roles ?? []).filter((r) => r.permissions.every((p) => mine.has(p)));
  const permissions = roles.data?.roles.find((r) => r.name === role)?.permissions ?? [];
  const make = useMutation({ mutationFn: () => createAPIToken({ name, permissions, days: Number(days) }), onSuccess: () => setName(""), onSettled: again });
  const drop = useMutation({ mutationFn: removeAPIToken, onSettled: again });
  return (
    <Panel title="API tokens" note="for programs; none may more than you may yourself">
      <Part>
        <LineForm label="Make an API token" submit={() => make.mutate()} word={make.isPending ? "Making…" : "Make a token"} busy={make.isPending} error={make.error}>
          <TextField label="What for" value={name} set={setName} max={100} />
          <ChoiceField label="With the rights of" value={role} set={setRole} options={offered.map((r) => ({ value: r.name, label: roleName(r.name) }))} />
          <ChoiceField label="Lasts" value={days} set={setDays} options={lives} />
        </LineForm>
      </Part>
      {make.data && (
        <Part>
            <p className={formStyle.text}>For the header “Authorization: Bearer”. It is shown this once.</p>
            <Once text={make.data.token} what="token" />
        </Part>
      )}
        <Loaded query={tokens} bones={<BoneRows rows={2} />}>
          {(list) => (
            <SimpleTable
              label="API tokens"
              stack
              rows={list.items}
              rowKey={(t) => t.id}
              none="You have no token."
              columns={[
                { header: "For", cell: (t) => <Stranger text={t.name} max={64} /> },
                { header: "Begins", cell: (t) => <span className={textStyle.mono}>{t.prefix}…</span> },
                { header: "May", wrap: true, cell: (t) => permissionText(t.permissions) },
                { header: "Ends", cell: (t) => <When at={t.expiresAt} /> },
                { header: "Used", cell: (t) => (t.lastUsedAt ? <When at={t.lastUsedAt} /> : "never") },
                { header: "", right: true, cell: (t) => <Sure word="End" label={`End the token ${t.name}`} ask="End it now?" act={() => drop.mutate(t.id)} /> },
              ]}
            />
          )}
        </Loaded>
      {drop.error && (
        <Part>
          <Wrong error={drop.error} />
        </Part>
      )}
    </Panel>
  );
}
