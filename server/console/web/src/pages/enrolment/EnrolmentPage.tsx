import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorSentence } from "../../api/errors";
import { sitesQuery } from "../../api/home";
import { createToken, revokeToken, tokensQuery } from "../../api/tokens";
import type { EnrolmentToken, Site } from "../../api/types";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Columns } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, When } from "../../components/text";
import { useTenant, useView } from "../../url/useView";
import { AdoptPanel } from "./AdoptPanel";
import css from "./enrolment.module.css";
import { Instructions } from "./Instructions";
import { WaitingPanel } from "./WaitingPanel";

const none: Site[] = [];
const lifetimes = [1, 24, 24 * 7, 24 * 30];

/** Add a tap: make a token, and see which are still good. */
export function EnrolmentPage() {
  const tenant = useTenant();
  const sites = useQuery(sitesQuery(tenant)).data?.items ?? none;
  const tokens = useQuery(tokensQuery(tenant));
  return (
    <>
      <PageHeader title="Add a tap" facts="A tap enrols with a token, or shows a code that you type here; from then on it has a key of its own" />
      <Columns
        main={
          <>
            <WaitingPanel tenant={tenant} />
            <AdoptPanel tenant={tenant} sites={sites} />
            <NewToken tenant={tenant} sites={sites} />
            <Panel title="Enrolment tokens" note="without their secrets, which nobody can read again">
              <Loaded query={tokens} bones={<BoneRows rows={3} />}>
                {(list) => <Tokens tenant={tenant} rows={list.items} />}
              </Loaded>
            </Panel>
          </>
        }
        side={
          <Panel title="What a tap is" pad>
            <p className={css["text"]}>
              A program that listens to Wi-Fi in monitor mode and to Ethernet, and sends summaries to this node: never the frames
              themselves.
            </p>
            <p className={css["text"]}>
              The token contains a fingerprint of this cluster&apos;s certificate, so the tap trusts no other node from its first contact
              on.
            </p>
            <p className={css["text"]}>
              A token is for one site and ends by itself. With a token for several, each box waits until somebody lets it in.
            </p>
            <p className={css["text"]}>
              Without a token the box shows a code of twelve letters and digits, which is no secret: in its log, by{" "}
              <code>tapd -show-code</code>, and by <code>picket doctor</code>. It binds the box&apos;s key to this cluster&apos;s.
            </p>
          </Panel>
        }
      />
    </>
  );
}

function NewToken({ tenant, sites }: { tenant: string; sites: readonly Site[] }) {
  const queries = useQueryClient();
  const preset = useView().site;
  const [site, setSite] = useState<string | null>(null);
  const [uses, setUses] = useState(1);
  const [hours, setHours] = useState(24);
  const chosen = site ?? preset ?? sites[0]?.slug ?? "";
  const make = useMutation({
    mutationFn: () => createToken(tenant, { site: chosen, uses, expiresHours: hours }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <Panel title="New token" pad>
      <form
        className={css["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <label className={css["field"]}>
          Site
          <select value={chosen} onChange={(e) => setSite(e.target.value)} required>
            {sites.map((s) => (
              <option key={s.slug} value={s.slug}>
                {s.name}
              </option>
            ))}
          </select>
        </label>
        <label className={css["field"]}>
          For how many taps
          <input type="number" min={1} max={1000} value={uses} onChange={(e) => setUses(Number(e.target.value))} required />
        </label>
        <label className={css["field"]}>
          Good for
          <select value={hours} onChange={(e) => setHours(Number(e.target.value))}>
            {lifetimes.map((h) => (
              <option key={h} value={h}>
                {h < 24 ? `${String(h)} hour` : h === 24 ? "24 hours" : `${String(h / 24)} days`}
              </option>
            ))}
          </select>
        </label>
        <Button type="submit" look="primary" disabled={make.isPending || chosen === ""}>
          {make.isPending ? "Making…" : "Make token"}
        </Button>
      </form>
      {make.error && (
        <p className={css["bad"]} role="alert">
          {errorSentence(make.error)}
        </p>
      )}
      {make.data && <Instructions token={make.data} />}
    </Panel>
  );
}

const tokenStates: Record<EnrolmentToken["state"], string> = { valid: "Valid", used: "Used up", expired: "Expired", revoked: "Ended" };

function Tokens({ tenant, rows }: { tenant: string; rows: readonly EnrolmentToken[] }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState<string | null>(null);
  const end = useMutation({
    mutationFn: (id: string) => revokeToken(tenant, id),
    onSettled: () => {
      setAsking(null);
      return queries.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  return (
    <>
      <SimpleTable
        label="Enrolment tokens"
        rows={rows}
        rowKey={(t) => t.id}
        none="No token was made yet. Make one above for your first tap."
        columns={[
          { header: "Site", cell: (t) => <Stranger text={t.site.name} max={64} /> },
          {
            header: "State",
            cell: (t) =>
              t.state === "valid" ? (
                <Badge tone="ok" mark="ok">
                  Valid
                </Badge>
              ) : (
                <Badge tone="none">{tokenStates[t.state]}</Badge>
              ),
          },
          { header: "Boxes", right: true, cell: (t) => `${String(t.used)} of ${String(t.uses)}` },
          { header: "Made", cell: (t) => <When at={t.createdAt} /> },
          { header: "Ends", cell: (t) => <When at={t.expiresAt} /> },
          {
            header: "",
            right: true,
            cell: (t) =>
              t.state !== "valid" ? (
                ""
              ) : (
                <Button
                  small
                  look={asking === t.id ? "primary" : "ghost"}
                  onBlur={() => setAsking(null)}
                  onClick={() => (asking === t.id ? end.mutate(t.id) : setAsking(t.id))}
                >
                  {asking === t.id ? "End it now?" : "End"}
                </Button>
              ),
          },
        ]}
      />
      {end.error && (
        <p className={css["bad"]} role="alert">
          {errorSentence(end.error)}
        </p>
      )}
    </>
  );
}
