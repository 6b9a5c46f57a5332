import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { accountQuery, beginFactor, confirmFactor, newRecoveryCodes, removeFactor, showFactor } from "../../api/people";
import { sessionQuery } from "../../api/session";
import { Button } from "../../components/Button";
import { formStyle, LineForm, Once, TextField, Wrong } from "../../components/form";
import { Panel } from "../../components/Panel";
import { BoneBlock, Loaded } from "../../components/state";
import { plural } from "../../format/number";
import { QR } from "./QR";

/** The second factor: set up, recovery codes, show it in this session, remove it. */
export function FactorPanel() {
  const account = useQuery(accountQuery);
  return (
    <Panel title="Second factor" note="a code from an app on your phone" pad>
      <Loaded query={account} bones={<BoneBlock height={60} />}>
        {(a) => (a.secondFactor ? <InForce left={a.recoveryCodes} /> : <SetUp hasPassword={a.hasPassword} />)}
      </Loaded>
    </Panel>
  );
}

function Codes({ codes }: { codes: readonly string[] }) {
  return (
    <>
      <p className={formStyle.text}>
        Keep these recovery codes where your phone is not. Each signs you in once without it. They are shown this once.
      </p>
      <Once text={codes.join("\n")} what="recovery codes" />
    </>
  );
}

function SetUp({ hasPassword }: { hasPassword: boolean }) {
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useMutation({ mutationFn: () => beginFactor(password), onSuccess: () => setPassword("") });
  const confirm = useMutation({ mutationFn: () => confirmFactor(code) });
  if (confirm.data) {
    const done = (): void => {
      void queries.invalidateQueries({ queryKey: ["account"] });
      void queries.invalidateQueries({ queryKey: ["session"] });
    };
    return (
      <div className={formStyle.stack}>
        <Codes codes={confirm.data.codes} />
        <div>
          <Button look="primary" onClick={done}>
            I have kept them
          </Button>
        </div>
      </div>
    );
  }
  if (begin.data) {
    return (
      <div className={formStyle.stack}>
        <p className={formStyle.text}>Let an authenticator app read this picture, or type the key. Then enter the code that it shows.</p>
        <QR rows={begin.data.qr} label="The key of the second factor, for an authenticator app" />
        <Once text={begin.data.secret} what="key" />
        <LineForm submit={() => confirm.mutate()} word="Put into force" busy={confirm.isPending} label="Confirm the code" error={confirm.error}>
          <TextField label="Code" value={code} set={setCode} complete="one-time-code" min={6} max={10} mono />
        </LineForm>
      </div>
    );
  }
  return (
    <div className={formStyle.stack}>
      <p className={formStyle.text}>Without one, your password alone signs you in.</p>
      <LineForm label="Set up a second factor" submit={() => begin.mutate()} word="Set up" busy={begin.isPending} error={begin.error}>
        {hasPassword && <TextField label="Your password" type="password" complete="current-password" value={password} set={setPassword} max={1000} />}
      </LineForm>
    </div>
  );
}

function InForce({ left }: { left: number }) {
  const queries = useQueryClient();
  const session = useQuery(sessionQuery);
  const [code, setCode] = useState("");
  const again = (): void => {
    setCode("");
    void queries.invalidateQueries();
  };
  const fresh = useMutation({ mutationFn: () => newRecoveryCodes(code), onSuccess: again });
  const show = useMutation({ mutationFn: () => showFactor(code), onSuccess: again });
  const remove = useMutation({ mutationFn: () => removeFactor(code), onSuccess: again });
  const act: Record<string, () => void> = { show: () => show.mutate(), fresh: () => fresh.mutate(), remove: () => remove.mutate() };
  const shown = session.data?.secondFactor ?? true;
  return (
    <div className={formStyle.stack}>
      <p className={formStyle.text}>
        It is in force; {plural(left, "recovery code is", "recovery codes are")} left.{" "}
        {!shown && "This session has not shown it yet."}
      </p>
      <form
        aria-label="Use the second factor"
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          const by = event.nativeEvent.submitter;
          if (by instanceof HTMLButtonElement) act[by.value]?.();
        }}
      >
        <div className={formStyle.form}>
          <TextField
            label="Code"
            value={code}
            set={setCode}
            complete="one-time-code"
            min={6}
            max={40}
            mono
            hint="From the app, or a recovery code"
          />
          <span className={formStyle.acts}>
            {!shown && (
              <Button type="submit" look="primary" value="show">
                Show it
              </Button>
            )}
            <Button type="submit" value="fresh">
              New recovery codes
            </Button>
            <Button type="submit" look="danger" value="remove">
              Remove it
            </Button>
          </span>
        </div>
        <Wrong error={fresh.error ?? show.error ?? remove.error} />
      </form>
      {fresh.data && <Codes codes={fresh.data.codes} />}
    </div>
  );
}
