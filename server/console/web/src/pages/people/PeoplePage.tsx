import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  changeMember,
  changeUser,
  invitationsQuery,
  invite,
  membersQuery,
  removeMember,
  resetUser,
  rolesQuery,
  uninvite,
  usersQuery,
  type RoleName,
} from "../../api/people";
import { sessionQuery } from "../../api/session";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ChoiceField, formStyle, LineForm, Once, Sure, TextField, Wrong } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { useScope } from "../../url/useView";

const tenantRoles: readonly RoleName[] = ["tenant-admin", "operator", "analyst", "viewer"];
const options = tenantRoles.map((r) => ({ value: r, label: r }));

/** Which role a choice names; the weakest where it names none. */
function roleOf(text: string): RoleName {
  return tenantRoles.find((r) => r === text) ?? "viewer";
}

const linkOf = (token: string): string => `${window.location.origin}/invitation#token=${token}`;

/** Members of the tenant, invitations, what roles may do; for administrators all users. */
export function PeoplePage() {
  const { tenant } = useScope();
  const session = useQuery(sessionQuery);
  const members = useQuery(membersQuery(tenant));
  return (
    <>
      <PageHeader
        title={members.data ? `${String(members.data.total)} members` : "People"}
        tab="People"
        facts="administrators of the installation and of the organisation are not listed: they may do everything here"
      />
      <Stack>
        <Members tenant={tenant} />
        <Invitations tenant={tenant} />
        {session.data?.user.role === "admin" && <Users />}
        <Roles />
      </Stack>
    </>
  );
}

function Members({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const members = useQuery(membersQuery(tenant));
  const again = () => queries.invalidateQueries({ queryKey: ["members", tenant] });
  const change = useMutation({
    mutationFn: ({ user, role }: { user: string; role: RoleName }) => changeMember(tenant, user, role),
    onSettled: again,
  });
  const remove = useMutation({ mutationFn: (user: string) => removeMember(tenant, user), onSettled: again });
  return (
    <Panel title="Members" note="of this tenant">
      <Loaded query={members} bones={<BoneRows rows={4} />}>
        {(list) => (
          <SimpleTable
            label="Members"
            rows={list.items}
            rowKey={(m) => m.userID}
            none="Nobody is a member yet. Invite somebody below."
            columns={[
              { header: "Name", cell: (m) => <Stranger text={m.name} max={64} /> },
              {
                header: "Role",
                cell: (m) => (
                  <select
                    aria-label={`Role of ${m.name}`}
                    value={m.role}
                    onChange={(e) => change.mutate({ user: m.userID, role: roleOf(e.target.value) })}
                  >
                    {tenantRoles.map((r) => (
                      <option key={r}>{r}</option>
                    ))}
                  </select>
                ),
              },
              {
                header: "Second factor",
                cell: (m) => (m.secondFactor ? <Badge tone="ok" mark="ok">Yes</Badge> : <Badge tone="none">No</Badge>),
              },
              { header: "Signed in", cell: (m) => (m.lastLoginAt ? <When at={m.lastLoginAt} /> : "never") },
              {
                header: "",
                right: true,
                cell: (m) => <Sure word="Remove" ask="Remove the member?" act={() => remove.mutate(m.userID)} />,
              },
            ]}
          />
        )}
      </Loaded>
      <Wrong error={change.error ?? remove.error} />
    </Panel>
  );
}

function Invitations({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const invitations = useQuery(invitationsQuery(tenant));
  const [note, setNote] = useState("");
  const [role, setRole] = useState<RoleName>("viewer");
  const again = () => queries.invalidateQueries({ queryKey: ["invitations", tenant] });
  const make = useMutation({ mutationFn: () => invite(tenant, { role, note, days: 7 }), onSettled: again });
  const drop = useMutation({ mutationFn: (id: string) => uninvite(tenant, id), onSettled: again });
  return (
    <Panel title="Invitations" note="a link that works once, for 7 days" pad>
      <div className={formStyle.stack}>
        <LineForm submit={() => make.mutate()} word="Make a link" busy={make.isPending} error={make.error}>
          <TextField label="For whom" value={note} set={setNote} />
          <ChoiceField label="Role" value={role} set={(r) => setRole(roleOf(r))} options={options} />
        </LineForm>
        {make.data && (
          <>
            <p className={formStyle.text}>Send this link to whom it is for. It is shown this once.</p>
            <Once text={linkOf(make.data.token)} what="link" />
          </>
        )}
        <Loaded query={invitations} bones={<BoneRows rows={2} />}>
          {(list) => (
            <SimpleTable
              label="Invitations"
              rows={list.items}
              rowKey={(i) => i.id}
              none="No invitation is open."
              columns={[
                { header: "For", cell: (i) => <Stranger text={i.note || "not said"} max={64} /> },
                { header: "Role", cell: (i) => i.role },
                { header: "By", cell: (i) => <Stranger text={i.createdBy} max={64} /> },
                { header: "Ends", cell: (i) => <When at={i.expiresAt} /> },
                { header: "", right: true, cell: (i) => <Sure word="Remove" ask="Remove the link?" act={() => drop.mutate(i.id)} /> },
              ]}
            />
          )}
        </Loaded>
        <Wrong error={drop.error} />
      </div>
    </Panel>
  );
}

/** All users: for administrators of the installation. */
function Users() {
  const queries = useQueryClient();
  const users = useQuery(usersQuery);
  const again = () => queries.invalidateQueries({ queryKey: ["users"] });
  const change = useMutation({
    mutationFn: ({ id, role, disabled }: { id: string; role: "admin" | "member"; disabled: boolean }) => changeUser(id, { role, disabled }),
    onSettled: again,
  });
  const reset = useMutation({ mutationFn: resetUser });
  return (
    <Panel title="All users" note="of the installation">
      <Loaded query={users} bones={<BoneRows rows={4} />}>
        {(list) => (
          <SimpleTable
            label="All users"
            rows={list.items}
            rowKey={(u) => u.id}
            none="There is nobody."
            columns={[
              { header: "Name", cell: (u) => <Stranger text={u.name} max={64} /> },
              { header: "Role", cell: (u) => (u.role === "admin" ? "administrator" : "member") },
              { header: "State", cell: (u) => (u.disabled ? <Badge tone="med">Disabled</Badge> : <Badge tone="ok" mark="ok">Active</Badge>) },
              { header: "Sessions", right: true, cell: (u) => String(u.sessions) },
              { header: "Signed in", cell: (u) => (u.lastLoginAt ? <When at={u.lastLoginAt} /> : "never") },
              {
                header: "",
                right: true,
                cell: (u) => (
                  <>
                    <Button small look="ghost" onClick={() => reset.mutate(u.id)}>
                      New password
                    </Button>
                    <Sure
                      word={u.disabled ? "Enable" : "Disable"}
                      ask={u.disabled ? "Enable?" : "Disable, and end the sessions?"}
                      act={() => change.mutate({ id: u.id, role: u.role, disabled: !u.disabled })}
                    />
                  </>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <Wrong error={change.error ?? reset.error} />
      {reset.data && <Once text={linkOf(reset.data.token)} what="link" />}
    </Panel>
  );
}

function Roles() {
  const roles = useQuery(rolesQuery);
  return (
    <Panel title="Roles" note="what each may do">
      <Loaded query={roles} bones={<BoneRows rows={5} />}>
        {(r) => (
          <SimpleTable
            label="Roles"
            rows={r.roles}
            rowKey={(role) => role.name}
            none=""
            columns={[
              { header: "Role", cell: (role) => role.name },
              { header: "For", wrap: true, cell: (role) => role.description },
              { header: "Permissions", wrap: true, cell: (role) => <span className={textStyle.small}>{role.permissions.join(", ")}</span> },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
