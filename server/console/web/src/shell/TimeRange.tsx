import { Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendarClock, IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { Button } from "../components/Button";
import { formatUTC, zoneName } from "../format/time";
import { useNow } from "../live/live";
import { absoluteRange, presets, rangeLabel, resolveRange } from "../url/range";
import { useRange, useSetView } from "../url/useView";
import { menuClasses } from "./menu";
import css from "./TimeRange.module.css";

/** The one time range of the console: presets, or from and to. A brush over any chart sets it too. */
export function TimeRange() {
  const range = useRange();
  const now = useNow();
  const setView = useSetView();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { from, to } = resolveRange(range, now.getTime());
  return (
    <Popover
      opened={opened}
      onChange={close}
      position="bottom-end"
      classNames={{ dropdown: menuClasses.dropdown }}
      transitionProps={{ duration: 0 }}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          className={css["button"] ?? ""}
          onClick={toggle}
          aria-expanded={opened}
          aria-label={`Time range: ${rangeLabel(range, now)}`}
          title={`${formatUTC(new Date(from))} to ${formatUTC(new Date(to))}`}
        >
          <IconCalendarClock size={16} stroke={1.75} aria-hidden="true" className={css["lead"]} />
          <span className={css["word"]}>{rangeLabel(range, now)}</span>
          <IconChevronDown size={14} stroke={1.75} aria-hidden="true" />
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css["menu"]} aria-label="Time range" role="group">
          <div className={css["presets"]}>
            {presets.map((p) => (
              <button
                key={p.from}
                type="button"
                className={css["preset"]}
                aria-pressed={range.to === "now" && range.from === p.from}
                onClick={() => {
                  setView({ from: p.from === "-24h" ? undefined : p.from, to: undefined });
                  close();
                }}
              >
                {p.label}
              </button>
            ))}
          </div>
          <Absolute key={opened ? "open" : "closed"} from={from} to={to} done={close} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A moment as a datetime-local input wants it: in the browser's zone, to the minute. */
function localText(at: number): string {
  const zoned = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return zoned.toISOString().slice(0, 16);
}

function Absolute({ from, to, done }: { from: number; to: number; done: () => void }) {
  const setView = useSetView();
  const [start, setStart] = useState(localText(from));
  const [end, setEnd] = useState(localText(to));
  const chosen = { from: new Date(start).getTime(), to: new Date(end).getTime() };
  const good = chosen.from < chosen.to;
  return (
    <form
      className={css["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (!good) return;
        setView(absoluteRange(chosen.from, chosen.to));
        done();
      }}
    >
      <label>
        From <input type="datetime-local" value={start} onChange={(e) => setStart(e.target.value)} required />
      </label>
      <label>
        To <input type="datetime-local" value={end} onChange={(e) => setEnd(e.target.value)} required />
      </label>
      {!good && (
        <span className={css["bad"]} role="alert">
          The end must come after the start.
        </span>
      )}
      <div className={css["foot"]}>
        Times in {zoneName(new Date(to))}
        <Button type="submit" small disabled={!good}>
          Apply
        </Button>
      </div>
    </form>
  );
}
