import type { Home } from "../../api/types";
import { Mark } from "../../components/Mark";
import { Panel } from "../../components/Panel";
import { Stranger, textStyle } from "../../components/text";
import { formatSpan, formatUTC } from "../../format/time";
import { useNow } from "../../live/live";
import css from "./home.module.css";
import { siteName } from "./model";

/** What nobody listens to, so that silence there means nothing. */
export function BlindSpots({ home }: { home: Home }) {
  const now = useNow();
  return (
    <Panel title="Blind spots" note="what we cannot see">
      {home.blindSpots.length === 0 ? (
        <p className={css["quiet"]}>None known: every site is heard on the wire and on all bands.</p>
      ) : (
        <ul className={css["list"]}>
          {home.blindSpots.map((spot) => (
            <li key={`${spot.site} ${spot.what}`}>
              <Mark kind="none" size={14} />
              <div className={css["what"]}>
                <div>
                  <b className={textStyle.strong}>
                    <Stranger text={siteName(home, spot.site)} max={64} />
                  </b>
                  : {spot.what}
                </div>
                <div className={`${textStyle.soft} ${textStyle.small}`}>{spot.why}</div>
              </div>
              {spot.since && (
                <time className={css["time"]} dateTime={spot.since.toISOString()} title={`since ${formatUTC(spot.since)}`}>
                  {formatSpan(now.getTime() - spot.since.getTime())}
                </time>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
