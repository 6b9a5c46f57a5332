import { Link } from "@tanstack/react-router";
import type { Home, HomeSite } from "../../api/types";
import { CoverageBars } from "../../charts/CoverageBars";
import { HistoryBars } from "../../charts/HistoryBars";
import { DemoBadge, SiteBadge } from "../../components/Badge";
import { Panel } from "../../components/Panel";
import { Stranger, textStyle } from "../../components/text";
import { formatCount } from "../../format/number";
import { useTenant } from "../../url/useView";
import css from "./home.module.css";

/** The sites as the node orders them: worst first. */
export function Sites({ home, range }: { home: Home; range: string }) {
  return (
    <Panel title="Sites, worst first" note={home.sites.length} className={css["grow"] ?? ""}>
      <table className={css["table"]}>
        <colgroup>
          <col style={{ width: 168 }} />
          <col style={{ width: 106 }} />
          <col />
          <col style={{ width: 56 }} />
          <col style={{ width: 160 }} className={css["wide"]} />
          <col style={{ width: 60 }} className={css["wide"]} />
          <col style={{ width: 132 }} className={css["wide"]} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Site</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
            <th scope="col">Taps</th>
            <th scope="col">Air heard: 2.4, 5, 6 GHz</th>
            <th scope="col">Wire</th>
            <th scope="col">{range}</th>
          </tr>
        </thead>
        <tbody>
          {home.sites.map((site) => (
            <SiteRow key={site.slug} site={site} />
          ))}
        </tbody>
      </table>
      <div className={css["foot"]}>
        <svg width="14" height="10" aria-hidden="true">
          <rect width="14" height="10" fill="url(#hatch)" />
        </svg>
        Hatched: nothing heard, nothing known
      </div>
    </Panel>
  );
}

function SiteRow({ site }: { site: HomeSite }) {
  const tenant = useTenant();
  const { capturing, total } = site.taps;
  return (
    <tr>
      <td>
        <span className={css["site"]}>
          <Link to="/$tenant/networks" params={{ tenant }} search={(view) => ({ ...view, site: site.slug })} className={textStyle.link}>
            <Stranger text={site.name} max={64} />
          </Link>
          {site.demonstration ? (
            <span>
              <DemoBadge />
            </span>
          ) : (
            <span className={`${textStyle.dim} ${textStyle.small}`}>{formatCount(site.frames)} frames</span>
          )}
        </span>
      </td>
      <td>
        <SiteBadge state={site.state} />
      </td>
      <td className={`${css["why"] ?? ""} ${css["full"] ?? ""}`}>{site.why}</td>
      <td className={textStyle.num}>
        <Link
          to="/$tenant/taps"
          params={{ tenant }}
          search={(view) => ({ ...view, site: site.slug })}
          title={`${String(capturing)} of ${String(total)} taps capture`}
        >
          <span className={capturing < total ? textStyle.strong : ""}>{capturing}</span>
          <span className={textStyle.dim}>
            /{total}
            <span className={css["unit"]}> taps capture</span>
          </span>
        </Link>
      </td>
      <td className={css["wide"]}>
        <CoverageBars coverage={site.coverage} />
      </td>
      <td className={css["wide"]}>
        {site.wire ? <span className={textStyle.soft}>heard</span> : <span className={textStyle.dim}>no</span>}
      </td>
      <td className={css["wide"]}>
        <HistoryBars history={site.history} />
      </td>
    </tr>
  );
}
