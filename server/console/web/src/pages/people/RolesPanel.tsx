import { useQuery } from "@tanstack/react-query";
import { rolesQuery } from "../../api/people";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { textStyle } from "../../components/text";
import { areas, roleName } from "../../session/roles";

/** What each role is for, and what it may read and change. */
export function RolesPanel() {
  const roles = useQuery(rolesQuery);
  return (
    <Panel title="Roles" note="what each may do; they are built in">
      <Loaded query={roles} bones={<BoneRows rows={5} />}>
        {(r) => (
          <SimpleTable
            label="Roles"
            stack
            rows={r.roles}
            rowKey={(role) => role.name}
            none=""
            columns={[
              {
                header: "Role",
                cell: (role) => <span className={textStyle.strong}>{roleName(role.name)}</span>,
              },
              { header: "For", wrap: true, cell: (role) => role.description },
              { header: "Reads", wrap: true, cell: (role) => <span className={textStyle.small}>{areas(role.permissions, "read")}</span> },
              { header: "Changes", wrap: true, cell: (role) => <span className={textStyle.small}>{areas(role.permissions, "change") || "nothing"}</span> },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
