import { IconLock, IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { tapSettingsQuery } from "../../../api/settings";
import type { TapDetail, TapSettings } from "../../../api/types";
import { Badge } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { Panel } from "../../../components/Panel";
import { SimpleTable } from "../../../components/SimpleTable";
import { BoneRows, Loaded } from "../../../components/state";
import { Stranger, textStyle, When } from "../../../components/text";
import { useMay } from "../../../session/may";
import { useScope } from "../../../url/useView";
import { LockForm } from "./LockForm";
import { Locks } from "./Locks";
import { following, settingRows, type Row } from "./rows";
import css from "./settings.module.css";
import { SettingsForm } from "./SettingsForm";

type Open = "nothing" | "lock" | "settings";

/** What is wanted of a tap's radios, where each setting comes from, and the means to change it. */
export function SettingsPanel({ tap }: { tap: TapDetail }) {
  const query = useQuery(tapSettingsQuery(useScope(), tap.id));
  const [open, setOpen] = useState<Open>("nothing");
  const [last, setLast] = useState<Open>("nothing"); // the focus goes back where it came from
  const show = (what: Open): void => {
    setLast(what);
    setOpen(what);
  };
  const may = useMay()("change:taps");
  return (
    <Panel
      title="Radio settings"
      note="what the tap is asked to do"
      actions={
        may && query.data && open === "nothing" ? (
          <>
            <Button look="ghost" small autoFocus={last === "lock"} onClick={() => show("lock")}>
              <IconLock size={16} stroke={1.75} aria-hidden="true" />
              Lock a channel…
            </Button>
            <Button look="ghost" small autoFocus={last === "settings"} onClick={() => show("settings")}>
              <IconPencil size={16} stroke={1.75} aria-hidden="true" />
              Change…
            </Button>
          </>
        ) : undefined
      }
    >
      <Loaded query={query} bones={<BoneRows rows={4} />}>
        {(settings) => (
          <>
            {open === "lock" && <LockForm tap={tap} done={() => setOpen("nothing")} />}
            {open === "settings" ? (
              <SettingsForm tap={tap} settings={settings} done={() => setOpen("nothing")} />
            ) : (
              <>
                <Followed tap={tap} settings={settings} />
                <Locks tap={tap} locks={settings.locks} may={may} />
                <Effective settings={settings} />
                <Provenance settings={settings} />
              </>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

const tones = { followed: ["ok", "ok"], waiting: ["info", "pending"], away: ["none", "none"] } as const;

function Followed({ tap, settings }: { tap: TapDetail; settings: TapSettings }) {
  const state = following(settings, tap);
  const [tone, mark] = tones[state.kind];
  return (
    <div className={css["state"]}>
      <Badge tone={tone} mark={mark}>
        {state.word}
      </Badge>{" "}
      <span>{state.why}</span>
    </div>
  );
}

function Effective({ settings }: { settings: TapSettings }) {
  return (
    <SimpleTable
      label="Settings and where they come from"
      dense
      rows={settingRows(settings)}
      rowKey={(r) => r.name}
      none=""
      columns={[
        { header: "Setting", cell: (r) => r.name },
        {
          header: "Value",
          wrap: true,
          cell: (r) => <span className={r.from === "none" ? textStyle.dim : textStyle.strong}>{r.value}</span>,
        },
        { header: "Set for", wrap: true, cell: (r) => <Source row={r} settings={settings} /> },
      ]}
    />
  );
}

/** Whose setting it is. */
function Source({ row, settings }: { row: Row; settings: TapSettings }) {
  if (row.from === "none") return <span className={textStyle.dim}>nobody</span>;
  if (row.from === "tap") return <>this tap</>;
  return (
    <>
      all of <Stranger text={settings.site.name} max={64} />
    </>
  );
}

/** Who set what holds, and when. */
function Provenance({ settings }: { settings: TapSettings }) {
  const layers = [
    { who: "This tap’s", layer: settings.ofTap },
    { who: "The site’s", layer: settings.ofSite },
  ];
  return (
    <p className={css["provenance"]}>
      What nobody set the tap decides.
      {layers.map(
        ({ who, layer }) =>
          layer.changedBy !== null &&
          layer.changedAt !== null && (
            <span key={who}>
              {" "}
              {who} settings were last changed by <Stranger text={layer.changedBy} max={64} />, <When at={layer.changedAt} />.
            </span>
          ),
      )}
    </p>
  );
}
