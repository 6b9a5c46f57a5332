import type { Adapter, TapDetail } from "../../api/types";
import { AdapterBadge } from "../../components/Badge";
import { Panel } from "../../components/Panel";
import { MAC, Sentence, Stranger, textStyle, When } from "../../components/text";
import { formatCount, formatRate, plural } from "../../format/number";
import { formatChannels } from "../../format/radio";
import css from "./adapters.module.css";

const small = `${textStyle.dim} ${textStyle.small}`;

/** The radios of the box: what each does, where it may listen, and why one is not used. */
export function AdaptersPanel({ tap }: { tap: TapDetail }) {
  const live = tap.state === "online" || tap.state === "degraded";
  return (
    <Panel title="Adapters" note={<Told tap={tap} />}>
      {tap.adapters.length === 0 ? (
        <p className={css["none"]}>
          {tap.adaptersAt === null
            ? "It has told of no radio: it listens to the interfaces and files that it was given, which are under Captures."
            : "The box has no radio. Plug in a Wi-Fi adapter that can monitor."}
        </p>
      ) : (
        <ul className={css["list"]} aria-label="Adapters">
          {tap.adapters.map((a) => (
            <li key={a.name} className={css["adapter"]}>
              <Identity adapter={a} />
              <State adapter={a} live={live} />
              <Figures adapter={a} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Told({ tap }: { tap: TapDetail }) {
  if (tap.adaptersAt === null) return null;
  const where = tap.country === null ? "" : tap.country === "00" ? ", by the rules of the world" : `, by the rules of ${tap.country}`;
  return (
    <>
      as told <When at={tap.adaptersAt} form="ago" />
      {where}
    </>
  );
}

function Identity({ adapter: a }: { adapter: Adapter }) {
  return (
    <div className={css["identity"]}>
      <div className={textStyle.strong}>
        <Stranger text={a.name} max={32} />
      </div>
      <div className={small}>{a.driver === "" ? "driver unknown" : <Stranger text={a.driver} max={32} />}</div>
      <div className={small}>{a.device === "" ? "device unknown" : <Stranger text={a.device} max={40} />}</div>
      <div className={small}>{a.mac === null ? "no address told" : <MAC mac={a.mac} />}</div>
    </div>
  );
}

function State({ adapter: a, live }: { adapter: Adapter; live: boolean }) {
  return (
    <div className={css["state"]}>
      <div>
        <AdapterBadge state={a.state} told={!live} />
        <span className={small}>
          {live ? " since " : ` last told: ${a.state === "unused" ? "not used" : a.state}, since `}
          <When at={a.since} />
        </span>
      </div>
      {a.text !== "" && (
        <div className={live && a.state === "failed" ? (css["wrong"] ?? "") : textStyle.soft}>
          <Sentence text={a.text} />
        </div>
      )}
      {a.state !== "gone" && <Channels adapter={a} />}
    </div>
  );
}

/** On what it may listen: what the chip, the driver and the country's rules leave. */
function Channels({ adapter: a }: { adapter: Adapter }) {
  const count = a.bands.reduce((n, b) => n + b.channels.length, 0);
  if (count === 0) return <div className={small}>It has not told on which channels it may listen.</div>;
  return (
    <div className={small}>
      {`${a.state === "unused" ? "Its radio has" : "May listen to"} ${plural(count, "channel")}: `}
      {a.bands.map((b) => (
        <span key={b.band} className={css["band"]}>
          {b.band} <b>{formatChannels(b.channels)}</b>
        </span>
      ))}
    </div>
  );
}

/** What it heard in its latest window; of one that does not listen there is nothing to say. */
function Figures({ adapter: a }: { adapter: Adapter }) {
  if (a.framesPerSecond === null) return null;
  const refused = a.failedHops ?? 0;
  const figures = [
    { label: "Frames/s", value: formatRate(a.framesPerSecond) },
    { label: "Lost", value: a.drops === null ? "unknown" : formatCount(a.drops) },
    { label: "Channel changes", value: a.hops === null ? "unknown" : formatCount(a.hops) },
    ...(refused > 0 ? [{ label: "Changes refused", value: formatCount(refused) }] : []),
  ];
  return (
    <dl className={css["figures"]} title="In its latest window">
      {figures.map((f) => (
        <div key={f.label}>
          <dt>{f.label}</dt>
          <dd>{f.value}</dd>
        </div>
      ))}
    </dl>
  );
}
