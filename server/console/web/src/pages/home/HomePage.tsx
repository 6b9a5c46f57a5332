import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { homeQuery } from "../../api/home";
import type { Home } from "../../api/types";
import { PageHeader } from "../../components/PageHeader";
import { BoneBlock, BoneRows, Empty, Loaded } from "../../components/state";
import { formatCount } from "../../format/number";
import { formatMoment, formatUTC } from "../../format/time";
import { rangeLabel, rangeShort } from "../../url/range";
import { AddTap } from "../../shell/AddTap";
import { useRange, useScope } from "../../url/useView";
import { BlindSpots } from "./BlindSpots";
import css from "./home.module.css";
import { homeFigures, homeSentence } from "./model";
import { RecentPanel } from "./RecentPanel";
import { Sites } from "./Sites";

/** Home: the answer first, then the sites, worst first. */
export function HomePage() {
  const scope = useScope();
  const query = useQuery(homeQuery(scope));
  const home = query.data;
  return (
    <>
      <PageHeader
        title={home ? homeSentence(home.sites) : query.isError ? "The node does not say how it is" : "Home"}
        tab="Home"
        actions={
          <>
            {home && (
              <time className={css["time"]} style={{ fontSize: 13 }} dateTime={home.asOf.toISOString()} title={formatUTC(home.asOf)}>
                {formatMoment(home.asOf)}
              </time>
            )}
            <AddTap />
          </>
        }
      />
      <Loaded
        query={query}
        bones={
          <>
            <BoneBlock height={60} />
            <BoneRows rows={10} />
          </>
        }
      >
        {(data) => <HomeContent home={data} />}
      </Loaded>
    </>
  );
}

function HomeContent({ home }: { home: Home }) {
  const { tenant } = useScope();
  const range = useRange();
  if (home.taps.total === 0 && home.bssCount + home.hosts + home.clients === 0) return <First />;
  return (
    <>
      <div className={css["figures"]}>
        {homeFigures(home, rangeShort(range)).map((f) => (
          <Link key={f.label} to={f.to} params={{ tenant }} className={css["figure"]}>
            <span>
              <span className={css["label"]}>{f.label}</span>
              <span className={css["value"]}>
                {formatCount(f.value)} <small>{f.of}</small>
              </span>
            </span>
            <span className={css["note"]}>{f.note}</span>
          </Link>
        ))}
      </div>
      <div className={css["columns"]}>
        <div className={css["left"]}>
          <Sites home={home} range={rangeLabel(range, home.asOf)} />
        </div>
        <div className={css["right"]}>
          <RecentPanel home={home} />
          <BlindSpots home={home} />
        </div>
      </div>
    </>
  );
}

function First() {
  return (
    <Empty
      title="No tap has enrolled yet"
      action={<AddTap first />}
    >
      A tap is a box or a program that listens to Wi-Fi and to the wire. As soon as one reports, your sites, networks, clients and hosts
      appear here. Make an enrolment token for it; that takes a minute.
    </Empty>
  );
}
