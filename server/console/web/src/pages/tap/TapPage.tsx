import { IconAntenna } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { tapQuery } from "../../api/taps";
import type { TapDetail } from "../../api/types";
import { DemoBadge, TapBadge, type Tone } from "../../components/Badge";
import { EntityHeader } from "../../components/EntityHeader";
import { Columns } from "../../components/Layout";
import { BoneBlock, Loaded } from "../../components/state";
import { Stranger, textStyle, When } from "../../components/text";
import { formatBytes, formatCount, formatPercent, formatRate } from "../../format/number";
import { visibleText } from "../../format/text";
import { formatDuration } from "../../format/time";
import { useMay } from "../../session/may";
import { useScope } from "../../url/useView";
import { radiosSentence } from "../taps/radios";
import { AdaptersPanel } from "./AdaptersPanel";
import { ChannelPanel } from "./ChannelPanel";
import { EventsPanel } from "./EventsPanel";
import { HealthPanel } from "./HealthPanel";
import { IdentityPanel } from "./IdentityPanel";
import { SettingsPanel } from "./settings/SettingsPanel";
import { CapturesPanel, CurePanel, GapsPanel } from "./SidePanels";

const route = getRouteApi("/$tenant/tap/$id");

/** Everything about a tap. */
export function TapPage() {
  const { id } = route.useParams();
  const query = useQuery(tapQuery(useScope(), id));
  const may = useMay();
  return (
    <Loaded
      query={query}
      bones={
        <>
          <BoneBlock height={120} />
          <BoneBlock height={400} />
        </>
      }
    >
      {(tap) => (
        <>
          <Header tap={tap} />
          <Columns
            main={
              <>
                <ChannelPanel id={tap.id} />
                <AdaptersPanel tap={tap} />
                <SettingsPanel tap={tap} />
                <HealthPanel id={tap.id} first={tap.firstReportAt} />
              </>
            }
            side={
              <>
                {tap.state !== "online" && <CurePanel tap={tap} />}
                <EventsPanel id={tap.id} />
                <CapturesPanel tap={tap} />
                <GapsPanel tap={tap} />
                {may("change:taps") && <IdentityPanel tap={tap} />}
              </>
            }
          />
        </>
      )}
    </Loaded>
  );
}

const tones: Record<TapDetail["state"], Tone> = { online: "ok", degraded: "med", silent: "none", never: "none" };

function Header({ tap }: { tap: TapDetail }) {
  const unknown = (value: string | null): string => value ?? "unknown";
  return (
    <EntityHeader
      tone={tones[tap.state]}
      icon={<IconAntenna size={20} stroke={1.75} />}
      title={visibleText(tap.name, 64)}
      name={<Stranger text={tap.name} max={64} />}
      badges={
        <>
          <TapBadge state={tap.state} />
          {tap.demonstration && <DemoBadge />}
          <span className={`${textStyle.dim} ${textStyle.small}`}>
            {tap.lastReportAt === null ? (
              "no report yet"
            ) : (
              <>
                last report <When at={tap.lastReportAt} form="ago" />
              </>
            )}
          </span>
        </>
      }
      sentence={
        <>
          At <Stranger text={tap.site.name} max={64} />, enrolled <When at={tap.enrolledAt} />.
          {tap.demonstration && " It replays recorded frames as if they were live."}
        </>
      }
      facts={[
        { label: "Software", value: tap.version === "" ? "unknown" : `${tap.version}, ${tap.arch}` },
        { label: "Up", value: unknown(tap.uptimeSeconds === null ? null : formatDuration(tap.uptimeSeconds)) },
        { label: "Starts in this range", value: formatCount(tap.boots) },
        {
          label: "Frames a second",
          value: unknown(tap.framesPerSecond === null || tap.state === "silent" ? null : formatRate(tap.framesPerSecond)),
        },
        { label: "Frames lost", value: formatCount(tap.kernelDrops) },
        { label: "Radios", value: radiosSentence(tap) },
        {
          label: "Reports waiting",
          value: unknown(
            tap.spoolReports === null
              ? null
              : `${formatCount(tap.spoolReports)}${tap.reportsDropped > 0 ? `, ${formatCount(tap.reportsDropped)} given up` : ""}`,
          ),
        },
        { label: "CPU", value: unknown(tap.cpuPercent === null ? null : formatPercent(tap.cpuPercent)) },
        { label: "Memory", value: unknown(tap.memoryBytes === null ? null : formatBytes(tap.memoryBytes)) },
        { label: "Hottest", value: tap.temperatureC === null ? "no sensor" : `${String(Math.round(tap.temperatureC))} °C` },
      ]}
    />
  );
}
