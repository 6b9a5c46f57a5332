import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { clientsQuery } from "../../api/clients";
import type { Client, List } from "../../api/types";
import { SignalBar } from "../../charts/SignalBar";
import { buttonClass } from "../../components/Button";
import { Card } from "../../components/Card";
import { ClientLink } from "../../components/links";
import { PageHeader } from "../../components/PageHeader";
import { BoneRows, Empty, Loaded } from "../../components/state";
import { MAC, When } from "../../components/text";
import { FilterBar } from "../../filter/FilterBar";
import { useFilter } from "../../filter/useFilter";
import { formatBytes, formatCount, plural } from "../../format/number";
import { DataTable } from "../../table/DataTable";
import table from "../../table/DataTable.module.css";
import { useScope } from "../../url/useView";
import { Maker } from "./ClientTable";
import { clientColumns, clientFields, Whereabouts } from "./columns";

const none: Client[] = [];

/** Clients: stations on the air. */
export function ClientsPage() {
  const query = useQuery(clientsQuery(useScope()));
  const list = query.data;
  const filter = useFilter(list?.items ?? none, clientFields);
  return (
    <>
      <PageHeader title="Clients" facts={list && facts(list)} />
      <FilterBar filter={filter} hint={filter.terms.length === 0 ? "mac: ssid: vendor: signal: seen:…" : ""} />
      <Loaded
        query={query}
        bones={
          <div className={table["panel"]}>
            <BoneRows rows={16} />
          </div>
        }
      >
        {(data) => <Clients rows={filter.matching} heard={data.items.length > 0} />}
      </Loaded>
    </>
  );
}

function facts(list: List<Client>): string {
  const random = list.items.filter((c) => c.randomised).length;
  const shown = list.total > list.items.length ? `, the ${formatCount(list.items.length)} last heard are listed` : "";
  return `${plural(list.total, "client")} heard here, ${formatCount(random)} with a private address${shown}`;
}

function Clients({ rows, heard }: { rows: readonly Client[]; heard: boolean }) {
  const { tenant } = useScope();
  const navigate = useNavigate();
  return (
    <DataTable<Client>
      label="Clients"
      rows={rows}
      columns={clientColumns}
      rowKey={(c) => c.mac}
      defaultSort="-last"
      open={(c) => void navigate({ to: "/$tenant/client/$mac", params: { tenant, mac: c.mac } })}
      card={(c) => (
        <Card
          name={
            <ClientLink id={c.mac}>
              <MAC mac={c.mac} />
            </ClientLink>
          }
          figure={<SignalBar dBm={c.signalDBm} />}
          detail={
            <>
              <Whereabouts client={c} /> · <Maker client={c} /> · {formatBytes(c.bytesSent + c.bytesReceived)}
            </>
          }
          when={<When at={c.lastHeardAt} form="last" />}
        />
      )}
      footer={
        <>
          <span>A private address changes; it names no person and no device.</span>
          <span className={table["space"]} />
        </>
      }
      empty={
        heard ? (
          <Empty title="No client matches the filter">Remove a chip, or choose a longer time range.</Empty>
        ) : (
          <Empty
            title="No client was heard in this time range"
            action={
              <Link to="/$tenant/taps" params={{ tenant }} className={buttonClass()}>
                Look at the taps
              </Link>
            }
          >
            Every device that a tap hears on the air appears here. None was heard: either no tap with a radio listened, or the range lies
            before its first report.
          </Empty>
        )
      }
    />
  );
}
