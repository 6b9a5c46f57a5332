import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { bssListQuery } from "../../api/bss";
import type { BSS, List } from "../../api/types";
import { buttonClass } from "../../components/Button";
import { PageHeader } from "../../components/PageHeader";
import { BoneRows, Empty, Loaded } from "../../components/state";
import { FilterBar } from "../../filter/FilterBar";
import { useFilter } from "../../filter/useFilter";
import { formatCount, plural } from "../../format/number";
import { DataTable } from "../../table/DataTable";
import table from "../../table/DataTable.module.css";
import { rangeShort } from "../../url/range";
import { useRange, useScope } from "../../url/useView";
import { NetworkCard } from "./NetworkCard";
import { networkColumns } from "./columns";
import { countNetworks, fields, framesScale, groupBySSID, type NetworkRow } from "./model";

const none: BSS[] = [];

/** Networks: SSID → BSS. */
export function NetworksPage() {
  const query = useQuery(bssListQuery(useScope()));
  const list = query.data;
  const filter = useFilter(list?.items ?? none, fields);
  return (
    <>
      <PageHeader title="Networks" facts={list && facts(list)} />
      <FilterBar filter={filter} hint={filter.terms.length === 0 ? "ssid: security: signal: band: seen:…" : ""} />
      <Loaded
        query={query}
        bones={
          <div className={table["panel"]}>
            <BoneRows rows={16} />
          </div>
        }
      >
        {() => <Networks matching={filter.matching} heard={(list?.items.length ?? 0) > 0} />}
      </Loaded>
    </>
  );
}

function facts(list: List<BSS>): string {
  const shown = list.total > list.items.length ? `, the ${formatCount(list.items.length)} last heard are listed` : "";
  return `${formatCount(list.total)} BSS in ${plural(countNetworks(list.items), "network")} heard here${shown}`;
}

function Networks({ matching, heard }: { matching: readonly BSS[]; heard: boolean }) {
  const { tenant } = useScope();
  const range = rangeShort(useRange());
  const navigate = useNavigate();
  const groups = useMemo(() => groupBySSID(matching), [matching]);
  const columns = useMemo(() => networkColumns(framesScale(groups), range), [groups, range]);
  return (
    <DataTable<NetworkRow>
      label="Networks"
      rows={groups}
      columns={columns}
      rowKey={(row) => row.key}
      childrenOf={membersOf}
      defaultSort="-signal"
      open={(row) => {
        const bss = row.kind === "bss" ? row.bss : row.members[0]?.bss;
        if (bss) void navigate({ to: "/$tenant/bss/$bssid", params: { tenant, bssid: bss.bssid } });
      }}
      card={(row) => <NetworkCard row={row} />}
      footer={
        <>
          <svg width="14" height="10" aria-hidden="true">
            <rect width="14" height="10" fill="url(#hatch)" />
          </svg>{" "}
          not heard
          <span>signal lines run −100 to −20 dBm</span>
          <span className={table["space"]} />
        </>
      }
      empty={
        heard ? (
          <Empty title="No network matches the filter">Remove a chip, or choose a longer time range.</Empty>
        ) : (
          <Empty
            title="No network was heard in this time range"
            action={
              <Link to="/$tenant/taps" params={{ tenant }} className={buttonClass()}>
                Look at the taps
              </Link>
            }
          >
            Every network that a tap hears appears here, with its access points. None was heard: either no tap with a radio listened, or the
            range lies before its first report.
          </Empty>
        )
      }
    />
  );
}

/** A network with one BSS is that BSS; there is nothing to open. */
function membersOf(row: NetworkRow): NetworkRow[] | undefined {
  return row.kind === "group" && row.members.length > 1 ? row.members : undefined;
}
