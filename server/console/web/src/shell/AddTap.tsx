import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { buttonClass } from "../components/Button";
import { useMay } from "../session/may";
import { useTenant } from "../url/useView";

/** The way to the page that adds taps; nothing for who may not. first: there is none yet, and this is what to do. */
export function AddTap({ first = false }: { first?: boolean }) {
  const tenant = useTenant();
  if (!useMay()("change:enrolment")) return null;
  return (
    <Link to="/$tenant/enrolment" params={{ tenant }} className={buttonClass({ look: first ? "primary" : "plain" })}>
      {!first && <IconPlus size={16} stroke={1.75} aria-hidden="true" />}
      {first ? "Add the first tap" : "Add a tap"}
    </Link>
  );
}
