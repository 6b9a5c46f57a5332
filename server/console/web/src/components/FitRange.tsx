import { IconZoomIn } from "@tabler/icons-react";
import { useNow } from "../live/live";
import { fittingPreset } from "../url/range";
import { useRange, useSetView } from "../url/useView";
import { Button } from "./Button";

/** For what is so young that the time range shows it as a sliver: offers the range that fits. */
export function FitRange({ first }: { first: Date | null }) {
  const now = useNow().getTime();
  const setView = useSetView();
  const range = useRange();
  const preset = first === null ? null : fittingPreset(range, first.getTime(), now);
  if (preset === null) return null;
  return (
    <Button look="ghost" small onClick={() => setView({ from: preset.from, to: undefined })}>
      <IconZoomIn size={14} stroke={1.75} aria-hidden="true" />
      {preset.label}
    </Button>
  );
}
