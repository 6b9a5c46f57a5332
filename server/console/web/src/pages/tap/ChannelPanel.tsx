import { IconChartBar, IconTable } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { tapChannelsQuery, tapCoverageQuery } from "../../api/taps";
import type { TapChannel, TapCoverage } from "../../api/types";
import { Button } from "../../components/Button";
import { Panel } from "../../components/Panel";
import { BoneBlock, Loaded } from "../../components/state";
import { useScope, useSetView, useView } from "../../url/useView";
import { PlanChart } from "./PlanChart";
import { ChannelTable } from "./ChannelTable";
import css from "./tap.module.css";

/** Where the tap listens, where it is blind, and what the air does. */
export function ChannelPanel({ id }: { id: string }) {
  const scope = useScope();
  const coverage = useQuery(tapCoverageQuery(scope, id));
  const air = useQuery(tapChannelsQuery(scope, id));
  const asTable = useView().as === "table";
  const setView = useSetView();
  return (
    <Panel
      title="Channels"
      note="who listens where, and what the air does"
      actions={
        <Button look="ghost" small onClick={() => setView({ as: asTable ? undefined : "table" })}>
          {asTable ? <IconChartBar size={14} stroke={1.75} aria-hidden="true" /> : <IconTable size={14} stroke={1.75} aria-hidden="true" />}
          {asTable ? "As plan" : "As table"}
        </Button>
      }
    >
      <Loaded query={coverage} bones={<BoneBlock height={220} />}>
        {(c) => (
          <Loaded query={air} bones={<BoneBlock height={220} />}>
            {(list) => <Channels coverage={c} air={list.items} asTable={asTable} />}
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

function Channels({ coverage, air, asTable }: { coverage: TapCoverage; air: readonly TapChannel[]; asTable: boolean }) {
  if (coverage.listeners.length === 0)
    return (
      <p className={css["note"]} style={{ paddingTop: 12 }}>
        No radio of this tap listened in this time range: nothing is known of the air through it.
      </p>
    );
  return asTable ? <ChannelTable coverage={coverage} air={air} /> : <PlanChart coverage={coverage} air={air} />;
}
