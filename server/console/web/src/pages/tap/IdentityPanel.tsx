import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorSentence } from "../../api/errors";
import { sitesQuery } from "../../api/home";
import { changeTap, revokeTap } from "../../api/taps";
import type { TapDetail } from "../../api/types";
import { Button } from "../../components/Button";
import { Panel } from "../../components/Panel";
import { useTenant } from "../../url/useView";
import form from "../enrolment/enrolment.module.css";

/** Who the tap is: its name and site, and the end of its right to report. */
export function IdentityPanel({ tap }: { tap: TapDetail }) {
  const tenant = useTenant();
  const queries = useQueryClient();
  const sites = useQuery(sitesQuery(tenant)).data?.items ?? [tap.site];
  const [name, setName] = useState<string | null>(null);
  const [site, setSite] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const done = { onSuccess: () => queries.invalidateQueries() };
  const change = useMutation({
    mutationFn: () =>
      changeTap(tenant, tap.id, {
        ...(name !== null && name !== tap.name ? { name } : {}),
        ...(site !== null && site !== tap.site.slug ? { site } : {}),
      }),
    ...done,
  });
  const revoke = useMutation({ mutationFn: () => revokeTap(tenant, tap.id), ...done });
  const changed = (name !== null && name !== tap.name) || (site !== null && site !== tap.site.slug);
  const error = change.error ?? revoke.error;
  return (
    <Panel title="Name, site and right to report" pad>
      <form
        className={form["stack"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (changed && !change.isPending) change.mutate();
        }}
      >
        <label className={form["field"]}>
          Name
          <input value={name ?? tap.name} onChange={(e) => setName(e.target.value)} maxLength={64} required />
        </label>
        <label className={form["field"]}>
          Site
          <select value={site ?? tap.site.slug} onChange={(e) => setSite(e.target.value)}>
            {sites.map((s) => (
              <option key={s.slug} value={s.slug}>
                {s.name}
              </option>
            ))}
          </select>
        </label>
        <span className={form["pair"]}>
          <Button type="submit" disabled={!changed} aria-busy={change.isPending}>
            {site !== null && site !== tap.site.slug ? "Move" : "Rename"}
          </Button>
          {!asking && !revoke.isSuccess && (
            <Button look="ghost" onClick={() => setAsking(true)}>
              Revoke…
            </Button>
          )}
        </span>
      </form>
      {asking && !revoke.isSuccess && (
        <form
          className={form["made"]}
          aria-label="Revoke this tap"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === tap.name && !revoke.isPending) revoke.mutate();
          }}
        >
          <p className={form["text"]}>
            All nodes refuse its reports from now on. What it heard stays. It comes back only when it is set up anew and adopted.
          </p>
          <label className={form["field"]}>
            Type its name, {tap.name}, to revoke it
            <input value={typed} onChange={(e) => setTyped(e.target.value)} autoComplete="off" spellCheck={false} autoFocus />
          </label>
          <span className={form["pair"]}>
            <Button type="submit" look="primary" disabled={typed !== tap.name} aria-busy={revoke.isPending}>
              Revoke
            </Button>
            <Button onClick={() => setAsking(false)}>Cancel</Button>
          </span>
        </form>
      )}
      {revoke.isSuccess && (
        <p className={form["text"]} role="status">
          Revoked. No node takes its reports any more.
        </p>
      )}
      {error && (
        <p className={form["bad"]} role="alert">
          {errorSentence(error)}
        </p>
      )}
    </Panel>
  );
}
