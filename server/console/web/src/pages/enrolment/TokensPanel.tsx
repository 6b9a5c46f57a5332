import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createToken, revokeToken, tokensQuery } from "../../api/tokens";
import type { EnrolmentToken, Site } from "../../api/types";
import { WordBadge, type Word } from "../../components/Badge";
import { ChoiceField, LineForm, Sure, TextField, Wrong } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, When } from "../../components/text";
import { useMay } from "../../session/may";
import { useView } from "../../url/useView";
import { Instructions } from "./Instructions";
import { SiteField } from "./SiteField";

const lifetimes = [
  { value: "1", label: "1 hour" },
  { value: "24", label: "24 hours" },
  { value: "168", label: "7 days" },
  { value: "720", label: "30 days" },
];

/** Makes a token for a site, and says what to do with it. */
export function NewToken({ tenant, sites }: { tenant: string; sites: readonly Site[] }) {
  const queries = useQueryClient();
  const preset = useView().site;
  const [site, setSite] = useState<string | null>(null);
  const [uses, setUses] = useState("1");
  const [hours, setHours] = useState("24");
  const chosen = site ?? preset ?? sites[0]?.slug ?? "";
  const make = useMutation({
    mutationFn: () => createToken(tenant, { site: chosen, uses: Number(uses), expiresHours: Number(hours) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <Panel title="New token" note="a box with a token for one tap is in at once; with one for several it waits">
      <Part>
        <LineForm label="New token" submit={() => make.mutate()} word={make.isPending ? "Making…" : "Make token"} busy={make.isPending} error={make.error}>
          <SiteField sites={sites} value={chosen} set={setSite} />
          <TextField label="For how many taps" type="number" min={1} max={1000} value={uses} set={setUses} />
          <ChoiceField label="Good for" value={hours} set={setHours} options={lifetimes} />
        </LineForm>
      </Part>
      {make.data && (
        <Part>
          <Instructions token={make.data} />
        </Part>
      )}
    </Panel>
  );
}

const words: Record<EnrolmentToken["state"], Word> = {
  valid: { tone: "ok", mark: "ok", word: "Valid" },
  used: { tone: "info", mark: "info", word: "Used up" },
  expired: { tone: "none", mark: "none", word: "Expired" },
  revoked: { tone: "none", mark: "none", word: "Ended" },
};

/** The tokens that were made, and the end of those that are still good. */
export function Tokens({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const mayChange = useMay()("change:enrolment");
  const tokens = useQuery(tokensQuery(tenant));
  const end = useMutation({
    mutationFn: (id: string) => revokeToken(tenant, id),
    onSettled: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <Panel title="Enrolment tokens" note="without their secrets, which nobody can read again">
      <Loaded query={tokens} bones={<BoneRows rows={3} />}>
        {(list) => (
          <SimpleTable
            label="Enrolment tokens"
            stack
            rows={list.items}
            rowKey={(t) => t.id}
            none="No token was made yet."
            columns={[
              { header: "Site", cell: (t) => <Stranger text={t.site.name} max={64} /> },
              { header: "State", cell: (t) => <WordBadge word={words[t.state]} /> },
              { header: "Boxes", right: true, cell: (t) => `${String(t.used)} of ${String(t.uses)}` },
              { header: "Made", cell: (t) => <When at={t.createdAt} /> },
              { header: "Ends", cell: (t) => <When at={t.expiresAt} /> },
              {
                header: "",
                right: true,
                cell: (t) =>
                  t.state === "valid" && mayChange ? (
                    <Sure word="End" label={`End the token for ${t.site.name}`} ask="End it now?" act={() => end.mutate(t.id)} />
                  ) : (
                    ""
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {end.error && (
        <Part>
          <Wrong error={end.error} />
        </Part>
      )}
    </Panel>
  );
}
