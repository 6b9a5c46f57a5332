import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createFloor, createSite, floorsQuery, placesQuery, removeFloor, removeSite, renameSite } from "../../api/people";
import type { Site } from "../../api/types";
import { Button } from "../../components/Button";
import { LineForm, Sure, TextField, Wrong } from "../../components/form";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle } from "../../components/text";
import { useMay } from "../../session/may";
import { NewPlace } from "./NewPlace";

/** The sites of a tenant; of one of them the floors. */
export function Sites({ tenant }: { tenant: string }) {
  const queries = useQueryClient();
  const mayChange = useMay()("change:places");
  const sites = useQuery(placesQuery(tenant));
  const [open, setOpen] = useState<{ site: Site; what: "floors" | "name" } | null>(null);
  const again = () => queries.invalidateQueries({ queryKey: ["sites"] });
  const drop = useMutation({ mutationFn: (site: string) => removeSite(tenant, site), onSettled: again });
  return (
    <>
      <Panel title="Sites" note="where taps stand; one that has had taps cannot be removed">
        <Loaded query={sites} bones={<BoneRows rows={3} />}>
          {(list) => (
            <SimpleTable
              label="Sites"
              stack
              rows={list.items}
              rowKey={(s) => s.slug}
              none="There is no site yet."
              columns={[
                {
                  header: "Name",
                  cell: (s) => (
                    <span className={textStyle.strong}>
                      <Stranger text={s.name} max={64} />
                    </span>
                  ),
                },
                { header: "In URLs", cell: (s) => <span className={textStyle.mono}>{s.slug}</span> },
                {
                  header: "",
                  right: true,
                  cell: (s) => (
                    <>
                      <Button small look="ghost" aria-label={`Floors of ${s.name}`} onClick={() => setOpen({ site: s, what: "floors" })}>
                        Floors
                      </Button>
                      {mayChange && (
                        <>
                          <Button small look="ghost" aria-label={`Rename ${s.name}`} onClick={() => setOpen({ site: s, what: "name" })}>
                            Rename
                          </Button>
                          <Sure word="Remove" label={`Remove ${s.name}`} ask="Remove the site?" act={() => drop.mutate(s.slug)} />
                        </>
                      )}
                    </>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
        {drop.error && (
          <Part>
            <Wrong error={drop.error} />
          </Part>
        )}
        {open?.what === "name" && (
          <Part>
            <Rename key={open.site.slug} tenant={tenant} site={open.site} done={() => setOpen(null)} />
          </Part>
        )}
        {mayChange && (
          <Part>
            <NewPlace what="site" make={(place) => createSite(tenant, place).finally(again)} />
          </Part>
        )}
      </Panel>
      {open?.what === "floors" && <Floors key={open.site.slug} tenant={tenant} site={open.site} mayChange={mayChange} />}
    </>
  );
}

function Rename({ tenant, site, done }: { tenant: string; site: Site; done: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(site.name);
  const rename = useMutation({
    mutationFn: () => renameSite(tenant, site.slug, name),
    onSuccess: async () => {
      await queries.invalidateQueries();
      done();
    },
  });
  return (
    <LineForm label={`Rename ${site.name}`} submit={() => rename.mutate()} word="Rename" busy={rename.isPending} error={rename.error} cancel={done}>
      <TextField label={`New name of ${site.name}`} value={name} set={setName} max={100} />
    </LineForm>
  );
}

function Floors({ tenant, site, mayChange }: { tenant: string; site: Site; mayChange: boolean }) {
  const queries = useQueryClient();
  const floors = useQuery(floorsQuery(tenant, site.slug));
  const [name, setName] = useState("");
  const [level, setLevel] = useState("0");
  const again = () => queries.invalidateQueries({ queryKey: ["floors", tenant, site.slug] });
  const make = useMutation({
    mutationFn: () => createFloor(tenant, site.slug, { name, level: Number(level) }),
    onSuccess: () => setName(""),
    onSettled: again,
  });
  const drop = useMutation({ mutationFn: (id: string) => removeFloor(tenant, site.slug, id), onSettled: again });
  return (
    <Panel title={`Floors of ${site.name}`} note="highest first; the ground floor is level 0">
      <Loaded query={floors} bones={<BoneRows rows={2} />}>
        {(list) => (
          <SimpleTable
            label={`Floors of ${site.name}`}
            stack
            rows={list.items}
            rowKey={(f) => f.id}
            none="This site has no floors yet."
            columns={[
              { header: "Floor", cell: (f) => <Stranger text={f.name} max={64} /> },
              { header: "Level", right: true, cell: (f) => String(f.level) },
              {
                header: "",
                right: true,
                cell: (f) => (mayChange ? <Sure word="Remove" label={`Remove ${f.name}`} ask="Remove the floor?" act={() => drop.mutate(f.id)} /> : ""),
              },
            ]}
          />
        )}
      </Loaded>
      {mayChange && (
        <Part>
          <LineForm label="Make a floor" submit={() => make.mutate()} word="Make a floor" busy={make.isPending} error={make.error ?? drop.error}>
            <TextField label="Name of the floor" value={name} set={setName} max={100} />
            <TextField label="Level" type="number" value={level} set={setLevel} min={-20} max={200} />
          </LineForm>
        </Part>
      )}
    </Panel>
  );
}
