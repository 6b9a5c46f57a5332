import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  changePolicy,
  createFloor,
  createSite,
  createTenant,
  floorsQuery,
  organisationsQuery,
  ownedTenantsQuery,
  placesQuery,
  policyQuery,
  removeFloor,
  removeSite,
} from "../../api/people";
import { ChoiceField, formStyle, LineForm, Sure, TextField, Wrong } from "../../components/form";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneBlock, BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle } from "../../components/text";
import { useScope } from "../../url/useView";

/** The tenant with its policy, its sites and their floors; the organisations with their tenants. */
export function PlacesPage() {
  const { tenant } = useScope();
  const organisations = useQuery(organisationsQuery);
  return (
    <>
      <PageHeader title="Organisation, tenants, sites" tab="Places" />
      <Stack>
        <Policy tenant={tenant} />
        <Sites tenant={tenant} />
        {organisations.data?.items.map((o) => (
          <Tenants key={o.id} id={o.id} name={o.name} />
        ))}
      </Stack>
    </>
  );
}

function Policy({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const policy = useQuery(policyQuery(tenant));
  const change = useMutation({
    mutationFn: (body: { name: string; requireSecondFactor: boolean }) => changePolicy(tenant, body),
    onSettled: () => queries.invalidateQueries({ queryKey: ["policy", tenant] }),
  });
  return (
    <Panel title="This tenant" pad>
      <Loaded query={policy} bones={<BoneBlock height={40} />}>
        {(p) => (
          <label className={formStyle.check}>
            <input
              type="checkbox"
              checked={p.requireSecondFactor}
              onChange={(e) => change.mutate({ name: p.name, requireSecondFactor: e.target.checked })}
            />
            <span>
              Whoever uses <Stranger text={p.name} max={64} /> shows a second factor
            </span>
          </label>
        )}
      </Loaded>
      <Wrong error={change.error} />
    </Panel>
  );
}

function Sites({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const sites = useQuery(placesQuery(tenant));
  const [slug, setSlug] = useState("");
  const [name, setName] = useState("");
  const [open, setOpen] = useState("");
  const again = () => queries.invalidateQueries({ queryKey: ["sites"] });
  const make = useMutation({ mutationFn: () => createSite(tenant, { slug, name }), onSettled: again });
  const drop = useMutation({ mutationFn: (site: string) => removeSite(tenant, site), onSettled: again });
  return (
    <Panel title="Sites" note="where taps stand" pad>
      <div className={formStyle.stack}>
        <Loaded query={sites} bones={<BoneRows rows={3} />}>
          {(list) => (
            <>
              <SimpleTable
                label="Sites"
                rows={list.items}
                rowKey={(s) => s.slug}
                none="There is no site yet."
                columns={[
                  { header: "Name", cell: (s) => <Stranger text={s.name} max={64} /> },
                  { header: "In URLs", cell: (s) => <span className={textStyle.mono}>{s.slug}</span> },
                  { header: "", right: true, cell: (s) => <Sure word="Remove" ask="Remove the site?" act={() => drop.mutate(s.slug)} /> },
                ]}
              />
              <Wrong error={drop.error} />
              <LineForm submit={() => make.mutate()} word="Make a site" busy={make.isPending || slug === "" || name === ""} error={make.error}>
                <TextField label="Name" value={name} set={setName} />
                <TextField label="In URLs" value={slug} set={setSlug} max={63} />
              </LineForm>
              <div className={formStyle.form}>
                <ChoiceField
                  label="Floors of"
                  value={open}
                  set={setOpen}
                  options={[{ value: "", label: "choose a site" }, ...list.items.map((s) => ({ value: s.slug, label: s.name }))]}
                />
              </div>
              {open !== "" && <Floors key={open} tenant={tenant} site={open} />}
            </>
          )}
        </Loaded>
      </div>
    </Panel>
  );
}

function Floors({ tenant, site }: { tenant: string; site: string }) {
  const queries = useQueryClient();
  const floors = useQuery(floorsQuery(tenant, site));
  const [name, setName] = useState("");
  const [level, setLevel] = useState("0");
  const again = () => queries.invalidateQueries({ queryKey: ["floors", tenant, site] });
  const make = useMutation({ mutationFn: () => createFloor(tenant, site, { name, level: Number(level) }), onSettled: again });
  const drop = useMutation({ mutationFn: (id: string) => removeFloor(tenant, site, id), onSettled: again });
  return (
    <Loaded query={floors} bones={<BoneRows rows={2} />}>
      {(list) => (
        <div className={formStyle.stack}>
          <SimpleTable
            label="Floors"
            rows={list.items}
            rowKey={(f) => f.id}
            none="This site has no floors yet."
            columns={[
              { header: "Floor", cell: (f) => <Stranger text={f.name} max={64} /> },
              { header: "Level", right: true, cell: (f) => String(f.level) },
              { header: "", right: true, cell: (f) => <Sure word="Remove" ask="Remove the floor?" act={() => drop.mutate(f.id)} /> },
            ]}
          />
          <LineForm submit={() => make.mutate()} word="Make a floor" busy={make.isPending || name === ""} error={make.error ?? drop.error}>
            <TextField label="Name of the floor" value={name} set={setName} max={100} />
            <TextField label="Level, 0 at the street" type="number" value={level} set={setLevel} />
          </LineForm>
        </div>
      )}
    </Loaded>
  );
}

function Tenants({ id, name }: { id: string; name: string }) {
  const queries = useQueryClient();
  const tenants = useQuery(ownedTenantsQuery(id));
  const [slug, setSlug] = useState("");
  const [title, setTitle] = useState("");
  const make = useMutation({
    mutationFn: () => createTenant(id, { slug, name: title }),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["session"] });
      return queries.invalidateQueries({ queryKey: ["organisations"] });
    },
  });
  return (
    <Panel title={`Tenants of ${name}`} pad>
      <div className={formStyle.stack}>
        <Loaded query={tenants} bones={<BoneRows rows={2} />}>
          {(list) => (
            <SimpleTable
              label={`Tenants of ${name}`}
              rows={list.items}
              rowKey={(t) => t.id}
              none="There is no tenant yet."
              columns={[
                { header: "Name", cell: (t) => <Stranger text={t.name} max={64} /> },
                { header: "In URLs", cell: (t) => <span className={textStyle.mono}>{t.slug}</span> },
                { header: "Sites", right: true, cell: (t) => String(t.sites) },
                { header: "Second factor", cell: (t) => (t.requireSecondFactor ? "asked for" : "not asked for") },
              ]}
            />
          )}
        </Loaded>
        <LineForm submit={() => make.mutate()} word="Make a tenant" busy={make.isPending || slug === "" || title === ""} error={make.error}>
          <TextField label="Name" value={title} set={setTitle} />
          <TextField label="In URLs" value={slug} set={setSlug} max={63} />
        </LineForm>
      </div>
    </Panel>
  );
}
