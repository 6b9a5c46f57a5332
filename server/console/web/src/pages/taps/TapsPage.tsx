import { IconHistory, IconList } from "@tabler/icons-react";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { tapsQuery } from "../../api/taps";
import type { List, Tap } from "../../api/types";
import { TapBadge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { TapLink } from "../../components/links";
import { PageHeader } from "../../components/PageHeader";
import { BoneRows, Empty, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { FilterBar } from "../../filter/FilterBar";
import { useFilter } from "../../filter/useFilter";
import { formatRate, numberWord, plural } from "../../format/number";
import { DataTable } from "../../table/DataTable";
import table from "../../table/DataTable.module.css";
import { useMay } from "../../session/may";
import { AddTap } from "../../shell/AddTap";
import { useScope, useSetView, useView } from "../../url/useView";
import { WaitingPanel } from "../enrolment/WaitingPanel";
import { EventsPanel } from "../tap/EventsPanel";
import { tapColumns, tapFields } from "./columns";
import { radiosSentence } from "./radios";

const none: Tap[] = [];

/** Taps: the boxes and programs that listen. */
export function TapsPage() {
  const scope = useScope();
  const query = useQuery(tapsQuery(scope));
  const taps = query.data?.items ?? none;
  const events = useView().tab === "events";
  const setView = useSetView();
  const may = useMay();
  return (
    <>
      <PageHeader
        title={query.data && taps.length > 0 ? sentence(taps) : "Taps"}
        tab="Taps"
        actions={
          <>
            <Button look="ghost" onClick={() => setView({ tab: events ? undefined : "events", q: undefined, sel: undefined })}>
              {events ? <IconList size={16} stroke={1.75} aria-hidden="true" /> : <IconHistory size={16} stroke={1.75} aria-hidden="true" />}
              {events ? "Taps" : "What happened"}
            </Button>
            <AddTap />
          </>
        }
      />
      {!events && may("read:enrolment") && <WaitingPanel tenant={scope.tenant} />}
      {events ? <EventsPanel id={null} /> : <TapList query={query} />}
    </>
  );
}

function TapList({ query }: { query: UseQueryResult<List<Tap>> }) {
  const taps = query.data?.items ?? none;
  const filter = useFilter(taps, tapFields);
  return (
    <>
      <FilterBar filter={filter} hint={filter.terms.length === 0 ? "name: state: site: version:…" : ""} />
      <Loaded
        query={query}
        bones={
          <div className={table["panel"]}>
            <BoneRows rows={8} />
          </div>
        }
      >
        {() => <Taps rows={filter.matching} some={taps.length > 0} />}
      </Loaded>
    </>
  );
}

/** The finding: who does not listen as it should. */
function sentence(taps: readonly Tap[]): string {
  const count = (state: Tap["state"]): number => taps.filter((t) => t.state === state).length;
  const parts = [
    count("silent") > 0 && `${numberWord(count("silent"))} ${count("silent") === 1 ? "tap is" : "taps are"} silent`,
    count("degraded") > 0 && `${numberWord(count("degraded"))} ${count("degraded") === 1 ? "is" : "are"} degraded`,
    count("never") > 0 && `${numberWord(count("never"))} never reported`,
  ].filter((p) => p !== false);
  if (parts.length === 0) return taps.length === 1 ? "The tap is online" : `All ${String(taps.length)} taps are online`;
  const [first = "", ...rest] = parts;
  return [first.includes("tap") ? first : first.replace(" ", " of the taps "), ...rest.map((p) => p.toLowerCase())].join(", ");
}

function Taps({ rows, some }: { rows: readonly Tap[]; some: boolean }) {
  const { tenant } = useScope();
  const navigate = useNavigate();
  return (
    <DataTable<Tap>
      label="Taps"
      rows={rows}
      columns={tapColumns}
      rowKey={(t) => t.id}
      defaultSort="state"
      open={(t) => void navigate({ to: "/$tenant/tap/$id", params: { tenant, id: t.id } })}
      card={(t) => (
        <Card
          name={
            <TapLink id={t.id}>
              <Stranger text={t.name} max={64} />
            </TapLink>
          }
          figure={<TapBadge state={t.state} />}
          detail={`${t.site.name} · ${t.why !== "" ? t.why : `${t.framesPerSecond === null ? "unknown" : formatRate(t.framesPerSecond)} frames/s, ${radiosSentence(t)}`}`}
          when={t.lastReportAt === null ? "never" : <When at={t.lastReportAt} form="last" />}
        />
      )}
      footer={
        <>
          <span>{plural(rows.length, "tap")}. Lost: frames that the kernel had and the tap never saw, in the time range.</span>
          <span className={table["space"]} />
        </>
      }
      empty={
        some ? (
          <Empty title="No tap matches the filter">Remove a chip, or choose another site.</Empty>
        ) : (
          <Empty
            title="No tap here yet"
            action={<AddTap first />}
          >
            Every tap that enrols appears here with its health: what it captures, what it loses, and what waits on it.{" "}
            <span className={textStyle.dim}>A tap enrols with a token, or by the code that it shows.</span>
          </Empty>
        )
      }
    />
  );
}
