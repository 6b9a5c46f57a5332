import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountQuery, changePassword, endOtherSessions, endSession, sessionsQuery } from "../../api/people";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { LineForm, Sure, TextField, Wrong } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, When } from "../../components/text";
import { FactorPanel } from "./FactorPanel";
import { TokensPanel } from "./TokensPanel";

/** One's own password, second factor, sessions and API tokens. */
export function AccountPage() {
  const account = useQuery(accountQuery);
  return (
    <>
      <PageHeader title={account.data ? account.data.user.name : "My account"} tab="My account" />
      <Stack>
        {account.data?.hasPassword === true && <Password />}
        <FactorPanel />
        <Sessions />
        <TokensPanel />
      </Stack>
    </>
  );
}

function Password() {
  const queries = useQueryClient();
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => changePassword({ present, new: next }),
    onSuccess: () => {
      setPresent("");
      setNext("");
      return queries.invalidateQueries({ queryKey: ["account"] });
    },
  });
  return (
    <Panel title="Password" note="changing it ends your other sessions" pad>
      <LineForm submit={() => change.mutate()} word="Change" busy={change.isPending || next.length < 12} error={change.error}>
        <TextField label="Present password" type="password" complete="current-password" value={present} set={setPresent} max={1000} />
        <TextField label="New password, at least 12 characters" type="password" complete="new-password" value={next} set={setNext} max={1000} />
      </LineForm>
      {change.isSuccess && <p role="status">The password is changed.</p>}
    </Panel>
  );
}

function Sessions() {
  const queries = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const again = () => queries.invalidateQueries({ queryKey: ["account", "sessions"] });
  const end = useMutation({ mutationFn: endSession, onSettled: again });
  const others = useMutation({ mutationFn: endOtherSessions, onSettled: again });
  return (
    <Panel
      title="Sessions"
      note="where you are signed in"
      actions={
        <Button small look="ghost" onClick={() => others.mutate()}>
          End all others
        </Button>
      }
    >
      <Loaded query={sessions} bones={<BoneRows rows={2} />}>
        {(list) => (
          <SimpleTable
            label="Sessions"
            rows={list.items}
            rowKey={(s) => s.id}
            none="You have no session."
            columns={[
              { header: "From", cell: (s) => s.address },
              { header: "Browser", cell: (s) => <Stranger text={s.browser} max={64} /> },
              { header: "Second factor", cell: (s) => (s.secondFactor ? <Badge tone="ok" mark="ok">Shown</Badge> : <Badge tone="none">No</Badge>) },
              { header: "Began", cell: (s) => <When at={s.createdAt} /> },
              { header: "Used", cell: (s) => <When at={s.lastUsedAt} form="ago" /> },
              { header: "", right: true, cell: (s) => (s.current ? "this one" : <Sure word="End" ask="End it now?" act={() => end.mutate(s.id)} />) },
            ]}
          />
        )}
      </Loaded>
      <Wrong error={end.error ?? others.error} />
    </Panel>
  );
}
