import { Button } from "../components/Button";
import { useLive } from "../live/live";
import { isMoving } from "../url/range";
import { useRange, useSetView } from "../url/useView";
import css from "./TopBar.module.css";

/** Live or paused. While paused, changes are counted; a range that ends in the past stands still. */
export function LiveButton() {
  const { stream, paused, missed, setPaused } = useLive();
  const setView = useSetView();
  const moving = isMoving(useRange());
  if (!moving) {
    return (
      <Button
        className={css["live"] ?? ""}
        title="This range ends in the past. Go to the last 24 hours, live"
        onClick={() => setView({ from: undefined, to: undefined })}
      >
        <span className={`${css["dot"] ?? ""} ${css["off"] ?? ""}`} />
        <span className={css["word"]}>Past</span>
      </Button>
    );
  }
  const lost = !paused && stream === "lost";
  const word = paused ? `Paused${missed > 0 ? `, ${String(missed)} new` : ""}` : lost ? "Reconnecting" : "Live";
  const title = lost
    ? "The event stream is interrupted. Lists are read again every minute"
    : paused
      ? "Follow again"
      : "Pause: nothing on the page moves";
  return (
    <Button className={css["live"] ?? ""} aria-pressed={!paused} title={title} onClick={() => setPaused(!paused)}>
      <span className={`${css["dot"] ?? ""} ${paused ? (css["off"] ?? "") : lost ? (css["lost"] ?? "") : ""}`} />
      <span className={css["word"]}>{word}</span>
    </Button>
  );
}
