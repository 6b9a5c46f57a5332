import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { changeMember, membersQuery, removeMember, type RoleName } from "../../api/people";
import { formStyle, Sure, Wrong } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { numberWord } from "../../format/number";
import { useMay } from "../../session/may";
import { roleName, roleOf, tenantRoles } from "../../session/roles";
import { useTenant } from "../../url/useView";
import { FactorBadge } from "./FactorBadge";
import { Invitations } from "./Invitations";
import { RolesPanel } from "./RolesPanel";
import { Users } from "./Users";

function finding(members: readonly { secondFactor: boolean }[]): string {
  const n = members.length;
  if (n === 0) return "Nobody but administrators";
  const bare = members.filter((m) => !m.secondFactor).length;
  const people = `${numberWord(n)} ${n === 1 ? "member" : "members"}`;
  return bare === 0 ? `${people}, all with a second factor` : `${people}, ${numberWord(bare).toLowerCase()} without a second factor`;
}

/** Members of the tenant, invitations, what roles may do; for administrators all users. */
export function PeoplePage() {
  const tenant = useTenant();
  const may = useMay();
  const members = useQuery(membersQuery(tenant));
  return (
    <>
      <PageHeader
        title={members.data ? finding(members.data.items) : "People"}
        tab="People"
        facts="administrators of the installation and of the organisation are not listed: they may do everything here"
      />
      <Stack>
        <Members tenant={tenant} />
        <Invitations tenant={tenant} />
        {may("read:people", "installation") && <Users />}
        <RolesPanel />
      </Stack>
    </>
  );
}

function Members({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const mayChange = useMay()("change:people");
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
            stack
            rows={list.items}
            rowKey={(m) => m.userID}
            none="Nobody is a member yet. Invite somebody below."
            columns={[
              {
                header: "Name",
                cell: (m) => (
                  <>
                    <span className={textStyle.strong}>
                      <Stranger text={m.name} max={64} />
                    </span>
                    {m.disabled && <span className={textStyle.dim}> · disabled</span>}
                    {m.byProvider && <span className={textStyle.dim}> · by a provider</span>}
                  </>
                ),
              },
              {
                header: "Role",
                cell: (m) =>
                  mayChange && !m.byProvider ? (
                    <select
                      className={formStyle.choice}
                      aria-label={`Role of ${m.name}`}
                      value={m.role}
                      disabled={change.isPending}
                      onChange={(e) => change.mutate({ user: m.userID, role: roleOf(e.target.value) })}
                    >
                      {tenantRoles.map((r) => (
                        <option key={r} value={r}>
                          {roleName(r)}
                        </option>
                      ))}
                    </select>
                  ) : (
                    roleName(m.role)
                  ),
              },
              { header: "Second factor", cell: (m) => <FactorBadge has={m.secondFactor} /> },
              { header: "Signed in", cell: (m) => (m.lastLoginAt ? <When at={m.lastLoginAt} /> : "never") },
              {
                header: "",
                right: true,
                cell: (m) =>
                  mayChange && !m.byProvider ? (
                    <Sure word="Remove" label={`Remove ${m.name}`} ask="Remove from this tenant?" act={() => remove.mutate(m.userID)} />
                  ) : (
                    ""
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {(change.error ?? remove.error) && (
        <Part>
          <Wrong error={change.error ?? remove.error} />
        </Part>
      )}
    </Panel>
  );
}
