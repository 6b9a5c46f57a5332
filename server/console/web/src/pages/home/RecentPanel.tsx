import { IconAntenna, IconDevices, IconNetwork, IconWifi, IconZzz, type Icon } from "@tabler/icons-react";
import type { Home, Recent } from "../../api/types";
import { BSSLink, ClientLink, HostLink, TapLink } from "../../components/links";
import { Panel } from "../../components/Panel";
import { Stranger, textStyle, When } from "../../components/text";
import { formatMAC, parseMAC } from "../../format/address";
import css from "./home.module.css";
import { recentWords, siteName } from "./model";

const icons: Record<Recent["kind"], Icon> = {
  bss_new: IconWifi,
  client_new: IconDevices,
  host_new: IconNetwork,
  tap_new: IconAntenna,
  tap_silent: IconZzz,
  gap: IconZzz,
};

const links = { bss: BSSLink, client: ClientLink, host: HostLink, tap: TapLink };

/** What is new in the time range, newest first. */
export function RecentPanel({ home }: { home: Home }) {
  return (
    <Panel title="Recently" note="new in this time range" className={css["grow"] ?? ""}>
      {home.recent.length === 0 ? (
        <p className={css["quiet"]}>Nothing new: every network, client and host heard here was known before.</p>
      ) : (
        <ul className={css["list"]}>
          {home.recent.slice(0, 8).map((item, i) => (
            <RecentItem key={`${item.subjectId} ${item.kind} ${String(i)}`} item={item} site={siteName(home, item.site)} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RecentItem({ item, site }: { item: Recent; site: string }) {
  const KindIcon = icons[item.kind];
  const { before, after } = recentWords[item.kind];
  const Subject = links[item.subjectKind];
  const subject = parseMAC(item.subject) ? formatMAC(item.subject) : item.subject;
  return (
    <li>
      <KindIcon size={14} stroke={1.75} aria-hidden="true" />
      <div className={css["what"]}>
        <div>
          {before} <Subject id={item.subjectId}>{subject === "" ? <em>hidden</em> : <Stranger text={subject} />}</Subject> {after}
        </div>
        <div className={`${textStyle.dim} ${textStyle.small}`}>
          <Stranger text={site} max={64} />
        </div>
      </div>
      <span className={css["time"]}>
        <When at={item.at} />
      </span>
    </li>
  );
}
