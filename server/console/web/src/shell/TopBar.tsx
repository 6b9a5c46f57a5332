import { IconMenu2, IconSearch } from "@tabler/icons-react";
import type { Session } from "../api/types";
import { Badge } from "../components/Badge";
import { Button } from "../components/Button";
import { Kbd } from "../components/text";
import { useDemonstration } from "./DemoStrip";
import { KeysHelp } from "./KeysHelp";
import { LiveButton } from "./LiveButton";
import { Place } from "./Place";
import { TimeRange } from "./TimeRange";
import css from "./TopBar.module.css";

interface Props {
  session: Session;
  timeless: boolean; // the page depends on neither site nor time range
  openNav: () => void;
  openSearch: () => void;
}

/** Where, when, and whether live. */
export function TopBar({ session, timeless, openNav, openSearch }: Props) {
  const demonstration = useDemonstration();
  return (
    <header className={css["bar"]}>
      <Button look="ghost" icon className={css["narrow"] ?? ""} aria-label="Pages" onClick={openNav}>
        <IconMenu2 size={18} stroke={1.75} aria-hidden="true" />
      </Button>
      <Place session={session} sites={!timeless} />
      {demonstration && (
        <span className={css["demo"]} title="Demonstration: recorded frames replayed">
          <Badge tone="low" mark="info">
            <span>
              Demonstration<span className={css["more"]}>: recorded frames replayed</span>
            </span>
          </Badge>
        </span>
      )}
      <span className={css["space"]} />
      <button type="button" className={css["find"]} onClick={openSearch}>
        <IconSearch size={16} stroke={1.75} aria-hidden="true" />
        <span className={css["text"]}>Find a MAC, name, SSID, tap…</span>
        <span className={css["keys"]}>
          <Kbd>Ctrl K</Kbd>
        </span>
      </button>
      {!timeless && <TimeRange />}
      <LiveButton />
      <KeysHelp />
    </header>
  );
}
