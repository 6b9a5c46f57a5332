import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { hostsQuery } from "../../api/hosts";
import type { Host, List } from "../../api/types";
import { buttonClass } from "../../components/Button";
import { Card } from "../../components/Card";
import { PageHeader } from "../../components/PageHeader";
import { BoneRows, Empty, Loaded } from "../../components/state";
import { textStyle, When } from "../../components/text";
import { FilterBar } from "../../filter/FilterBar";
import { useFilter } from "../../filter/useFilter";
import { orderIPs } from "../../format/address";
import { formatBytes, formatCount, plural } from "../../format/number";
import { DataTable } from "../../table/DataTable";
import table from "../../table/DataTable.module.css";
import { useScope } from "../../url/useView";
import { hostColumns, hostFields, HostName } from "./columns";

const none: Host[] = [];

/** Hosts: what speaks on the wire. */
export function HostsPage() {
  const query = useQuery(hostsQuery(useScope()));
  const list = query.data;
  const filter = useFilter(list?.items ?? none, hostFields);
  return (
    <>
      <PageHeader title="Hosts" facts={list && facts(list)} />
      <FilterBar filter={filter} hint={filter.terms.length === 0 ? "name: ip: vendor: vlan: seen:…" : ""} />
      <Loaded
        query={query}
        bones={
          <div className={table["panel"]}>
            <BoneRows rows={16} />
          </div>
        }
      >
        {(data) => <Hosts rows={filter.matching} heard={data.items.length > 0} />}
      </Loaded>
    </>
  );
}

function facts(list: List<Host>): string {
  const shown = list.total > list.items.length ? `, the ${formatCount(list.items.length)} last heard are listed` : "";
  return `${plural(list.total, "host")} heard on the wire${shown}`;
}

function Hosts({ rows, heard }: { rows: readonly Host[]; heard: boolean }) {
  const { tenant } = useScope();
  const navigate = useNavigate();
  return (
    <DataTable<Host>
      label="Hosts"
      rows={rows}
      columns={hostColumns}
      rowKey={(h) => h.mac}
      defaultSort="-last"
      open={(h) => void navigate({ to: "/$tenant/host/$mac", params: { tenant, mac: h.mac } })}
      card={(h) => (
        <Card
          name={<HostName host={h} />}
          figure={<span className={textStyle.num}>{formatBytes(h.bytesSent + h.bytesReceived)}</span>}
          detail={`${orderIPs(h.ips)[0] ?? "no IP address heard"} · ${h.vendor ?? (h.privateAddress ? "private address" : "vendor unknown")}`}
          when={<When at={h.lastHeardAt} form="last" />}
        />
      )}
      footer={
        <>
          <span>Octets as sent and received by the host, in the time range.</span>
          <span className={table["space"]} />
        </>
      }
      empty={
        heard ? (
          <Empty title="No host matches the filter">Remove a chip, or choose a longer time range.</Empty>
        ) : (
          <Empty
            title="No host was heard in this time range"
            action={
              <Link to="/$tenant/taps" params={{ tenant }} className={buttonClass()}>
                Look at the taps
              </Link>
            }
          >
            Every device that a tap hears on an Ethernet interface appears here. None was heard: either no tap listens to a wire, or the
            range lies before its first report.
          </Empty>
        )
      }
    />
  );
}
