import { Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeUser, endUserSessions, removeUserFactor, resetUser, usersQuery } from "../../api/people";
import { sessionQuery } from "../../api/session";
import { WordBadge, type Word } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Done, formStyle, Once, Wrong } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { useMay } from "../../session/may";
import { roleName } from "../../session/roles";
import { menuClasses } from "../../shell/menu";
import { FactorBadge } from "./FactorBadge";
import { linkOf } from "./Invitations";

type User = Awaited<ReturnType<NonNullable<typeof usersQuery.queryFn>>>["items"][number];

const active: Word = { tone: "ok", mark: "ok", word: "Active" };
const disabled: Word = { tone: "med", mark: "degraded", word: "Disabled" };

/** Something to do to a user, which asks once more. */
interface Deed {
  word: string;
  ask: string; // what happens, as a sentence after the name
  did: string; // what has happened, as a sentence after the name
  act: () => Promise<{ token: string } | undefined>;
}

const nothing = (done: Promise<unknown>): Promise<undefined> => done.then(() => undefined);

/** What can be done to a user now. self: it is whoever asks, who must not lock themselves out. */
function deeds(u: User, self: boolean): Deed[] {
  const change = (part: { role?: "admin" | "member"; disabled?: boolean }) => () =>
    nothing(changeUser(u.id, { role: part.role ?? u.role, disabled: part.disabled ?? u.disabled }));
  const list: Deed[] = [
    { word: "New password…", ask: "gets a link to choose a new password.", did: "can choose a new password by this link, which is shown this once:", act: () => resetUser(u.id) },
  ];
  if (u.secondFactor)
    list.push({ word: "Remove second factor…", ask: "signs in by password alone until another is set up.", did: "has no second factor any more.", act: () => nothing(removeUserFactor(u.id)) });
  if (u.sessions > 0)
    list.push({ word: "End sessions…", ask: "is signed out everywhere.", did: "is signed out everywhere.", act: () => nothing(endUserSessions(u.id)) });
  if (self) return list;
  list.push(
    u.role === "admin"
      ? { word: "Make a member…", ask: "may do only what memberships say.", did: "is no administrator any more.", act: change({ role: "member" }) }
      : { word: "Make administrator…", ask: "may do everything, in every organisation.", did: "is an administrator.", act: change({ role: "admin" }) },
    u.disabled
      ? { word: "Enable…", ask: "can sign in again.", did: "can sign in again.", act: change({ disabled: false }) }
      : { word: "Disable…", ask: "is signed out everywhere and cannot sign in.", did: "is disabled.", act: change({ disabled: true }) },
  );
  return list;
}

/** All users: for administrators of the installation. */
export function Users() {
  const queries = useQueryClient();
  const mayChange = useMay()("change:people", "installation");
  const self = useQuery(sessionQuery).data?.user.id;
  const users = useQuery(usersQuery);
  const [asked, setAsked] = useState<{ user: User; deed: Deed } | null>(null);
  const act = useMutation({
    mutationFn: ({ deed }: { user: User; deed: Deed }) => deed.act(),
    onSuccess: () => setAsked(null),
    onSettled: () => queries.invalidateQueries(),
  });
  const ask = (user: User, deed: Deed): void => {
    act.reset();
    setAsked({ user, deed });
  };
  return (
    <Panel title="All users" note="of the installation">
      <Loaded query={users} bones={<BoneRows rows={4} />}>
        {(list) => (
          <SimpleTable
            label="All users"
            stack
            rows={list.items}
            rowKey={(u) => u.id}
            none="There is nobody."
            columns={[
              {
                header: "Name",
                cell: (u) => (
                  <>
                    <span className={textStyle.strong}>
                      <Stranger text={u.name} max={64} />
                    </span>
                    {u.id === self && <span className={textStyle.dim}> · you</span>}
                  </>
                ),
              },
              { header: "Role", cell: (u) => roleName(u.role) },
              { header: "State", cell: (u) => <WordBadge word={u.disabled ? disabled : active} /> },
              { header: "Second factor", cell: (u) => <FactorBadge has={u.secondFactor} /> },
              { header: "Sessions", right: true, cell: (u) => String(u.sessions) },
              { header: "Signed in", cell: (u) => (u.lastLoginAt ? <When at={u.lastLoginAt} /> : "never") },
              {
                header: "",
                right: true,
                cell: (u) => (mayChange ? <Deeds name={u.name} list={deeds(u, u.id === self)} choose={(deed) => ask(u, deed)} /> : ""),
              },
            ]}
          />
        )}
      </Loaded>
      {asked && (
        <Part>
          <p className={formStyle.text}>
            <b>
              <Stranger text={asked.user.name} max={64} />
            </b>{" "}
            {asked.deed.ask}
          </p>
          <div className={formStyle.acts}>
            <Button look="danger" autoFocus aria-busy={act.isPending} onClick={() => act.mutate(asked)}>
              {asked.deed.word.replace("…", "")}
            </Button>
            <Button onClick={() => setAsked(null)}>Cancel</Button>
          </div>
          <Wrong error={act.error} />
        </Part>
      )}
      {act.isSuccess && (
        <Part>
          <Done>
            <b>
              <Stranger text={act.variables.user.name} max={64} />
            </b>{" "}
            {act.variables.deed.did}
          </Done>
          {act.data && <Once text={linkOf(act.data.token)} what="link" />}
        </Part>
      )}
    </Panel>
  );
}

function Deeds({ name, list, choose }: { name: string; list: readonly Deed[]; choose: (deed: Deed) => void }) {
  return (
    <Menu position="bottom-end" width={210} classNames={menuClasses} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button small look="ghost" icon aria-label={`Change ${name}`}>
          <IconDots size={16} stroke={1.75} aria-hidden="true" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {list.map((deed) => (
          <Menu.Item key={deed.word} onClick={() => choose(deed)}>
            {deed.word}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
