import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sitesQuery } from "../../api/home";
import { changeTap, revokeTap } from "../../api/taps";
import type { TapDetail } from "../../api/types";
import { Button } from "../../components/Button";
import { Done, formStyle, LineForm, TextField } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { useTenant } from "../../url/useView";
import { SiteField } from "../enrolment/SiteField";

/** Who the tap is: its name and site, and the end of its right to report. */
export function IdentityPanel({ tap }: { tap: TapDetail }) {
  const tenant = useTenant();
  const queries = useQueryClient();
  const sites = useQuery(sitesQuery(tenant)).data?.items ?? [tap.site];
  const [name, setName] = useState<string | null>(null);
  const [site, setSite] = useState<string | null>(null);
  const renamed = name !== null && name !== tap.name ? { name } : {};
  const moved = site !== null && site !== tap.site.slug ? { site } : {};
  const change = useMutation({
    mutationFn: () => changeTap(tenant, tap.id, { ...renamed, ...moved }),
    onSuccess: () => queries.invalidateQueries(),
  });
  const word = "site" in moved ? ("name" in renamed ? "Move and rename" : "Move") : "Rename";
  const changed = "site" in moved || "name" in renamed;
  return (
    <Panel title="Name, site and right to report">
      <Part>
        <LineForm
          label="Name and site"
          lines
          submit={() => {
            if (changed) change.mutate();
          }}
          word={word}
          busy={change.isPending}
          error={change.error}
        >
          <TextField label="Name" value={name ?? tap.name} set={setName} max={64} />
          <SiteField sites={sites} value={site ?? tap.site.slug} set={setSite} />
        </LineForm>
        {change.isSuccess && !changed && <Done>Kept. The tap itself need not know.</Done>}
      </Part>
      <Part>
        <Revocation tap={tap} />
      </Part>
    </Panel>
  );
}

/** A pattern that a text alone matches. */
function exactly(text: string): string {
  return Array.from(text, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`).join("");
}

/** The end of the right to report, which wants the tap's name typed: a box comes back from it only by hand. */
function Revocation({ tap }: { tap: TapDetail }) {
  const tenant = useTenant();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const revoke = useMutation({ mutationFn: () => revokeTap(tenant, tap.id), onSuccess: () => queries.invalidateQueries() });
  if (revoke.isSuccess) return <Done>Revoked. No node takes its reports any more.</Done>;
  if (!asking) {
    return (
      <div>
        <Button look="danger" onClick={() => setAsking(true)}>
          Revoke…
        </Button>
      </div>
    );
  }
  return (
    <>
      <p className={formStyle.text}>
        All nodes refuse its reports from now on. What it heard stays. It comes back only when it is set up anew and adopted.
      </p>
      <LineForm
        label="Revoke this tap"
        lines
        submit={() => revoke.mutate()}
        word="Revoke"
        busy={revoke.isPending}
        error={revoke.error}
        cancel={() => setAsking(false)}
      >
        <TextField label={`Type its name, ${tap.name}, to revoke it`} value={typed} set={setTyped} max={64} pattern={exactly(tap.name)} hint="The browser sends nothing before it is the same" />
      </LineForm>
    </>
  );
}
