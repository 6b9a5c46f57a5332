import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Failure } from "../components/state";

/** What a page shows when it cannot even start. */
export function RouteError({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Failure error={error} retry={() => void router.invalidate()} works="Reports wait on the taps while a node is away; nothing is lost." />
  );
}
