import { useQuery } from "@tanstack/react-query";
import { tapsQuery } from "../api/taps";
import { Badge } from "../components/Badge";
import { useMay } from "../session/may";
import { useScope } from "../url/useView";
import css from "./DemoStrip.module.css";

/** Whether some tap here replays recorded frames. */
export function useDemonstration(): boolean {
  const taps = useQuery({ ...tapsQuery(useScope()), enabled: useMay()("read:taps") });
  return taps.data?.items.some((t) => t.demonstration) ?? false;
}

/** On small screens, where the top bar has no room for it. */
export function DemoStrip() {
  if (!useDemonstration()) return null;
  return (
    <div className={css["strip"]}>
      <Badge tone="low" mark="info">
        Demonstration: recorded frames replayed
      </Badge>
    </div>
  );
}
