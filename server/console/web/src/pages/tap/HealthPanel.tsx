import { IconChartDots, IconTable } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { tapHealthQuery } from "../../api/taps";
import type { TapHealth } from "../../api/types";
import { HealthChart } from "../../charts/HealthChart";
import { Button } from "../../components/Button";
import { FitRange } from "../../components/FitRange";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneBlock, Loaded } from "../../components/state";
import { When } from "../../components/text";
import { formatBytes, formatCount, formatPercent, formatRate } from "../../format/number";
import { useNow } from "../../live/live";
import { absoluteRange, resolveRange } from "../../url/range";
import { useRange, useScope, useSetView, useView } from "../../url/useView";
import css from "./tap.module.css";

type Column = readonly (number | null)[];

interface Measure {
  title: string;
  values: Column;
  format: (value: number) => string;
  colour: "--series-1" | "--series-2" | "--series-3" | "--series-4";
}

/** Frames come per step and are shown per second; all else as reported. */
function measures(health: TapHealth): Measure[] {
  const perSecond = (values: Column): Column => values.map((v) => (v === null ? null : v / health.stepSeconds));
  return [
    { title: "Frames a second", values: perSecond(health.frames), format: formatRate, colour: "--series-1" },
    { title: "Frames lost", values: health.drops, format: formatCount, colour: "--series-2" },
    { title: "CPU, of all cores", values: health.cpuPercent, format: formatPercent, colour: "--series-3" },
    { title: "Memory", values: health.memoryBytes, format: formatBytes, colour: "--series-4" },
    { title: "Hottest sensor", values: health.temperatureC, format: (v) => `${String(Math.round(v))} °C`, colour: "--series-2" },
    { title: "Reports waiting", values: health.spoolReports, format: formatCount, colour: "--series-1" },
  ];
}

/** How the tap was, over the time range. */
export function HealthPanel({ id, first }: { id: string; first: Date | null }) {
  const query = useQuery(tapHealthQuery(useScope(), id));
  const asTable = useView().as === "table";
  const setView = useSetView();
  return (
    <Panel
      title="Health"
      note="hatched: no report covers it"
      actions={
        <>
          <FitRange first={first} />
          <Button look="ghost" small onClick={() => setView({ as: asTable ? undefined : "table" })}>
            {asTable ? (
              <IconChartDots size={14} stroke={1.75} aria-hidden="true" />
            ) : (
              <IconTable size={14} stroke={1.75} aria-hidden="true" />
            )}
            {asTable ? "As charts" : "As table"}
          </Button>
        </>
      }
    >
      <Loaded query={query} bones={<BoneBlock height={400} />}>
        {(health) => (asTable ? <HealthTable health={health} /> : <Charts health={health} />)}
      </Loaded>
    </Panel>
  );
}

function Charts({ health }: { health: TapHealth }) {
  const setView = useSetView();
  const { from, to } = resolveRange(useRange(), useNow().getTime());
  const all = useMemo(() => measures(health), [health]);
  return (
    <div className={css["charts"]}>
      {all.map((m) => (
        <HealthChart key={m.title} {...m} at={health.at} from={from} to={to} brush={(a, b) => setView(absoluteRange(a, b))} />
      ))}
    </div>
  );
}

function HealthTable({ health }: { health: TapHealth }) {
  const all = measures(health);
  const rows = health.at.map((at, i) => ({ at, values: all.map((m) => m.values[i] ?? null) })).reverse();
  return (
    <div className={css["scroll"]} tabIndex={0} role="region" aria-label="Health as a table">
      <SimpleTable
        label="Health of the tap"
        dense
        rows={rows}
        rowKey={(r) => r.at.toISOString()}
        none="Nothing was reported in this time range."
        columns={[
          { header: "From", cell: (r) => <When at={r.at} /> },
          ...all.map((m, i) => ({
            header: m.title,
            right: true,
            cell: (r: (typeof rows)[number]) => {
              const value = r.values[i];
              return value == null ? "no report" : m.format(value);
            },
          })),
        ]}
      />
    </div>
  );
}
