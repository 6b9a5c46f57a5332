import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { invitationsQuery, invite, uninvite, type RoleName } from "../../api/people";
import { ChoiceField, formStyle, LineForm, Once, Sure, TextField, Wrong } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, When } from "../../components/text";
import { useMay } from "../../session/may";
import { roleName, roleOf, tenantRoles } from "../../session/roles";

const options = tenantRoles.map((r) => ({ value: r, label: roleName(r) }));

/** The link by which somebody chooses a name and a password. The token is behind the "#", which no log sees. */
export const linkOf = (token: string): string => `${window.location.origin}/invitation#token=${token}`;

/** One-time links that make members, and those that nobody has used yet. */
export function Invitations({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const mayChange = useMay()("change:people");
  const invitations = useQuery(invitationsQuery(tenant));
  const [note, setNote] = useState("");
  const [role, setRole] = useState<RoleName>("viewer");
  const again = () => queries.invalidateQueries({ queryKey: ["invitations", tenant] });
  const make = useMutation({
    mutationFn: () => invite(tenant, { role, note, days: 7 }),
    onSuccess: () => setNote(""),
    onSettled: again,
  });
  const drop = useMutation({ mutationFn: (id: string) => uninvite(tenant, id), onSettled: again });
  return (
    <Panel title="Invitations" note="a link that works once, for 7 days">
      {mayChange && (
        <Part>
          <LineForm label="Invite somebody" submit={() => make.mutate()} word={make.isPending ? "Making…" : "Make a link"} busy={make.isPending} error={make.error}>
            <TextField label="For whom" value={note} set={setNote} placeholder="A name, for your list" />
            <ChoiceField label="Role" value={role} set={(r) => setRole(roleOf(r))} options={options} />
          </LineForm>
        </Part>
      )}
      {make.data && (
        <Part>
          <p className={formStyle.text}>Send this link to whom it is for. It is shown this once.</p>
          <Once text={linkOf(make.data.token)} what="link" />
        </Part>
      )}
      <Loaded query={invitations} bones={<BoneRows rows={2} />}>
        {(list) => (
          <SimpleTable
            label="Invitations"
            stack
            rows={list.items}
            rowKey={(i) => i.id}
            none="No invitation is open."
            columns={[
              { header: "For", cell: (i) => <Stranger text={i.note || "not said"} max={64} /> },
              { header: "Role", cell: (i) => roleName(i.role) },
              { header: "By", cell: (i) => <Stranger text={i.createdBy} max={64} /> },
              { header: "Ends", cell: (i) => <When at={i.expiresAt} /> },
              {
                header: "",
                right: true,
                cell: (i) =>
                  mayChange ? <Sure word="Remove" label={`Remove the invitation for ${i.note}`} ask="Let the link end?" act={() => drop.mutate(i.id)} /> : "",
              },
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
