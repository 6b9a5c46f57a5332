import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountQuery, changePassword, endOtherSessions, endSession, sessionsQuery } from "../../api/people";
import { WordBadge, type Word } from "../../components/Badge";
import { Done, LineForm, Sure, TextField, Wrong } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { FactorPanel } from "./FactorPanel";
import { TokensPanel } from "./TokensPanel";

const shown: Word = { tone: "ok", mark: "ok", word: "Shown" };
const notShown: Word = { tone: "none", mark: "none", word: "Not shown" };

/** One's own password, second factor, sessions and API tokens. */
export function AccountPage() {
  const account = useQuery(accountQuery);
  return (
    <>
      <PageHeader title="My account" facts={account.data && `signed in as ${account.data.user.name}`} />
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
      <LineForm label="Change the password" submit={() => change.mutate()} word={change.isPending ? "Changing…" : "Change"} busy={change.isPending} error={change.error}>
        <TextField label="Present password" type="password" complete="current-password" value={present} set={setPresent} max={1000} />
        <TextField label="New password" min={12} hint="At least 12 characters; a sentence is good" type="password" complete="new-password" value={next} set={setNext} max={1000} />
      </LineForm>
      {change.isSuccess && <Done>The password is changed; your other sessions have ended.</Done>}
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
        (sessions.data?.total ?? 0) > 1 && <Sure word="End all others" ask="Sign out everywhere else?" act={() => others.mutate()} />
      }
    >
      <Loaded query={sessions} bones={<BoneRows rows={2} />}>
        {(list) => (
          <SimpleTable
            label="Sessions"
            stack
            rows={list.items}
            rowKey={(s) => s.id}
            none="You have no session."
            columns={[
              { header: "From", cell: (s) => s.address },
              { header: "Browser", cell: (s) => (s.browser === "" ? <span className={textStyle.dim}>not said</span> : <Stranger text={s.browser} max={64} />) },
              { header: "Second factor", cell: (s) => <WordBadge word={s.secondFactor ? shown : notShown} /> },
              { header: "Began", cell: (s) => <When at={s.createdAt} /> },
              { header: "Used", cell: (s) => <When at={s.lastUsedAt} form="ago" /> },
              { header: "", right: true, cell: (s) => (s.current ? <span className={textStyle.dim}>this one</span> : <Sure word="End" label={`End the session from ${s.address}`} ask="End it now?" act={() => end.mutate(s.id)} />) },
            ]}
          />
        )}
      </Loaded>
      {(end.error ?? others.error) && (
        <Part>
          <Wrong error={end.error ?? others.error} />
        </Part>
      )}
    </Panel>
  );
}
