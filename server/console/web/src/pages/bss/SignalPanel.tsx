import { IconChartDots, IconTable } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { bssSignalQuery } from "../../api/bss";
import { Waterfall } from "../../charts/waterfall/Waterfall";
import { Button } from "../../components/Button";
import { FitRange } from "../../components/FitRange";
import { Panel } from "../../components/Panel";
import { BoneBlock, Empty, Loaded } from "../../components/state";
import { useNow } from "../../live/live";
import { resolveRange } from "../../url/range";
import { useRange, useScope, useSetView, useView } from "../../url/useView";
import { SignalTable } from "./SignalTable";

/** Signal over time: the waterfall, or the same figures as a table. */
export function SignalPanel({ bssid, first }: { bssid: string; first: Date }) {
  const query = useQuery(bssSignalQuery(useScope(), bssid));
  const range = useRange();
  const now = useNow();
  const asTable = useView().as === "table";
  const setView = useSetView();
  const { from, to } = resolveRange(range, now.getTime());
  return (
    <Panel
      title="Signal waterfall"
      note="dBm over time, one lane a tap; stronger colour is more frames"
      actions={
        <>
          <FitRange first={first} />
          <Button look="ghost" small onClick={() => setView({ as: asTable ? undefined : "table" })}>
            {asTable ? (
              <IconChartDots size={14} stroke={1.75} aria-hidden="true" />
            ) : (
              <IconTable size={14} stroke={1.75} aria-hidden="true" />
            )}
            {asTable ? "As chart" : "As table"}
          </Button>
        </>
      }
    >
      <Loaded query={query} bones={<BoneBlock height={250} />}>
        {(signal) => {
          if (signal.taps.length === 0)
            return (
              <Empty title="No tap listened on its channel">
                The signal appears here as soon as a tap with a radio visits the channel in this time range.
              </Empty>
            );
          if (asTable)
            return (
              <div style={{ maxHeight: 420, overflow: "auto" }} tabIndex={0} role="region" aria-label="Signal as a table">
                <SignalTable signal={signal} />
              </div>
            );
          return (
            <div style={{ padding: "8px 14px 4px" }}>
              <Waterfall signal={signal} from={from} to={to} />
            </div>
          );
        }}
      </Loaded>
    </Panel>
  );
}
