import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keepProvider, type Provider, type ProviderRole, type ProviderScope, type ProviderSettings } from "../../api/providers";
import { ownedTenantsQuery } from "../../api/people";
import { sessionQuery } from "../../api/session";
import { Button } from "../../components/Button";
import { CheckField, ChoiceField, formStyle, LineForm, Once, TextField } from "../../components/form";
import { slugOf, slugPattern } from "../../format/text";
import { roleName, tenantRoles } from "../../session/roles";

const fresh: ProviderSettings = {
  slug: "",
  name: "",
  issuer: "https://",
  clientID: "",
  clientSecret: "",
  groupClaim: "groups",
  showsSecondFactor: false,
  enabled: true,
  groups: [],
};

interface Props {
  scope: ProviderScope;
  given: Provider | undefined; // undefined: a new one
  done: () => void;
  cancel: () => void;
}

/** Everything that may be set of a provider. */
export function ProviderForm({ scope, given, done, cancel }: Props) {
  const [draft, setDraft] = useState<ProviderSettings>(() => (given === undefined ? fresh : settingsOf(given)));
  const set = (part: Partial<ProviderSettings>): void => setDraft((d) => ({ ...d, ...part }));
  const keep = useMutation({
    mutationFn: () => keepProvider(scope, given?.id, { ...draft, slug: draft.slug === "" ? slugOf(draft.name) : draft.slug }),
    onSuccess: done,
  });
  const word = given === undefined ? "Add the provider" : "Keep";
  return (
    <>
      <p className={formStyle.text}>Register this redirect URI at the provider, and copy from there what it calls the client:</p>
      <Once text={given?.callback ?? `${window.location.origin}/login/provider`} what="redirect URI" />
      <LineForm
        label={given === undefined ? "New provider" : `Change ${given.name}`}
        lines
        submit={() => keep.mutate()}
        word={keep.isPending ? "Keeping…" : word}
        busy={keep.isPending}
        error={keep.error}
        cancel={cancel}
      >
        <div className={formStyle.form}>
          <TextField label="Name, on its button" value={draft.name} set={(name) => set({ name })} max={100} />
          <TextField
            label="In URLs"
            value={draft.slug}
            set={(slug) => set({ slug })}
            placeholder={slugOf(draft.name)}
            pattern={slugPattern}
            hint="Lower-case letters, digits and hyphens"
            max={63}
            optional
            mono
          />
          <TextField label="Issuer" type="url" value={draft.issuer} set={(issuer) => set({ issuer })} pattern="https://.+" hint="An https URL without query" max={500} mono />
        </div>
        <div className={formStyle.form}>
          <TextField label="Client ID" value={draft.clientID} set={(clientID) => set({ clientID })} max={500} mono />
          <TextField
            label="Client secret"
            type="password"
            complete="new-password"
            value={draft.clientSecret ?? ""}
            set={(clientSecret) => set({ clientSecret })}
            optional={given !== undefined}
            hint={given === undefined ? "Sealed, and never shown again" : "Empty: stays as it is"}
            max={1000}
          />
          <TextField label="Claim with the groups" value={draft.groupClaim} set={(groupClaim) => set({ groupClaim })} hint="Of the ID token" max={100} mono />
        </div>
        <Groups scope={scope} groups={draft.groups} set={(groups) => set({ groups })} />
        <CheckField label="In use: its button is on the sign-in page" value={draft.enabled} set={(enabled) => set({ enabled })} />
        {scope === "installation" && (
          <CheckField
            label="It asks for a second factor itself: its sign-ins count as with one"
            value={draft.showsSecondFactor}
            set={(showsSecondFactor) => set({ showsSecondFactor })}
          />
        )}
      </LineForm>
    </>
  );
}

function settingsOf({ slug, name, issuer, clientID, groupClaim, showsSecondFactor, enabled, groups }: Provider): ProviderSettings {
  return { slug, name, issuer, clientID, clientSecret: "", groupClaim, showsSecondFactor, enabled, groups };
}

type Group = ProviderSettings["groups"][number];

/** Which group at the provider gives which role where. Who is in none of them does not get in. */
function Groups({ scope, groups, set }: { scope: ProviderScope; groups: readonly Group[]; set: (groups: Group[]) => void }) {
  const mine = useQuery(sessionQuery).data?.tenants ?? [];
  const owned = useQuery({ ...ownedTenantsQuery(scope === "installation" ? "" : scope.organisation), enabled: scope !== "installation" });
  const tenants = scope === "installation" ? mine : (owned.data?.items ?? []);
  const change = (at: number, part: Partial<Group>): void => set(groups.map((g, i) => (i === at ? { ...g, ...part } : g)));
  const places = [
    ...(scope === "installation" ? [] : [{ value: "", label: "the whole organisation" }]),
    ...tenants.map((t) => ({ value: t.slug, label: t.name })),
  ];
  const roles = (tenant: string): readonly ProviderRole[] => (tenant === "" ? ["organisation-admin", ...tenantRoles] : tenantRoles);
  return (
    <fieldset className={formStyle.group}>
      <legend>Who gets in: which group there gives which role here</legend>
      {groups.length === 0 && <p className={formStyle.text}>No group yet, and so nobody gets in.</p>}
      {groups.map((g, i) => (
        <div key={i} className={formStyle.form}>
          <TextField label="Group there" value={g.group} set={(group) => change(i, { group })} max={200} />
          <ChoiceField
            label="Tenant"
            value={g.tenant}
            set={(tenant) => change(i, { tenant, role: roles(tenant).includes(g.role) ? g.role : "viewer" })}
            options={places}
          />
          <ChoiceField
            label="Role"
            value={g.role}
            set={(text) => change(i, { role: roles(g.tenant).find((r) => r === text) ?? "viewer" })}
            options={roles(g.tenant).map((r) => ({ value: r, label: roleName(r) }))}
          />
          <span className={formStyle.acts}>
            <Button look="ghost" aria-label={`Remove the group ${g.group}`} onClick={() => set(groups.filter((_, at) => at !== i))}>
              Remove
            </Button>
          </span>
        </div>
      ))}
      <div>
        <Button small onClick={() => set([...groups, { group: "", tenant: places[0]?.value ?? "", role: "viewer" }])}>
          Add a group
        </Button>
      </div>
    </fieldset>
  );
}
