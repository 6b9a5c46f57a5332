import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createTenant, ownedTenantsQuery, placesQuery } from "../../api/people";
import { sessionQuery } from "../../api/session";
import { Stack } from "../../components/Layout";
import { PageHeader } from "../../components/PageHeader";
import { Panel, Part } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneRows, Loaded } from "../../components/state";
import { Stranger, textStyle } from "../../components/text";
import { plural } from "../../format/number";
import { useMay } from "../../session/may";
import { useTenant } from "../../url/useView";
import { NewPlace } from "./NewPlace";
import { Sites } from "./Sites";

/** The sites of the tenant and their floors; the organisations with their tenants. */
export function PlacesPage() {
  const tenant = useTenant();
  const sites = useQuery(placesQuery(tenant)).data;
  const organisations = useQuery(sessionQuery).data?.organisations ?? [];
  const may = useMay();
  return (
    <>
      <PageHeader title={sites ? plural(sites.total, "site") : "Places"} tab="Places" facts="organisations have tenants, tenants have sites, sites have floors" />
      <Stack>
        <Sites tenant={tenant} />
        {organisations
          .filter((o) => may("read:tenants", { organisation: o.id }))
          .map((o) => (
            <Tenants key={o.id} id={o.id} name={o.name} />
          ))}
      </Stack>
    </>
  );
}

function Tenants({ id, name }: { id: string; name: string }) {
  const queries = useQueryClient();
  const mayChange = useMay()("change:tenants", { organisation: id });
  const tenants = useQuery(ownedTenantsQuery(id));
  const again = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: ["session"] });
    await queries.invalidateQueries({ queryKey: ["organisations"] });
  };
  return (
    <Panel title={`Tenants of ${name}`} note="each sees nothing of the others">
      <Loaded query={tenants} bones={<BoneRows rows={2} />}>
        {(list) => (
          <SimpleTable
            label={`Tenants of ${name}`}
            stack
            rows={list.items}
            rowKey={(t) => t.id}
            none="There is no tenant yet."
            columns={[
              {
                header: "Name",
                cell: (t) => (
                  <span className={textStyle.strong}>
                    <Stranger text={t.name} max={64} />
                  </span>
                ),
              },
              { header: "In URLs", cell: (t) => <span className={textStyle.mono}>{t.slug}</span> },
              { header: "Sites", right: true, cell: (t) => String(t.sites) },
              { header: "Second factor", cell: (t) => (t.requireSecondFactor ? "asked for" : "not asked for") },
            ]}
          />
        )}
      </Loaded>
      {mayChange && (
        <Part>
          <NewPlace what="tenant" make={(place) => createTenant(id, place).finally(again)} />
        </Part>
      )}
    </Panel>
  );
}
