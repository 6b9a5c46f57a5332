import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { errorSentence } from "../api/errors";
import { Button } from "./Button";
import css from "./state.module.css";

/** Nothing to show: what will appear here, why it has not, one action. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={css["state"]}>
      <h2>{title}</h2>
      <p>{children}</p>
      {action !== undefined && <div className={css["row"]}>{action}</div>}
    </div>
  );
}

/** What failed, what still works, and a retry. */
export function Failure({ error, retry, works }: { error: unknown; retry: () => void; works: string }) {
  return (
    <div className={css["state"]} role="alert">
      <h2>
        <IconAlertTriangle size={18} stroke={1.75} aria-hidden="true" />
        This could not be read
      </h2>
      <p>{errorSentence(error)}</p>
      <p>{works}</p>
      <div className={css["row"]}>
        <Button onClick={retry}>
          <IconRefresh size={16} stroke={1.75} aria-hidden="true" />
          Try again
        </Button>
      </div>
    </div>
  );
}

/** A grey bar where text will be. */
export function Bone({ width, height = 12 }: { width: number | string; height?: number }) {
  return <span className={css["bone"]} style={{ width, height }} />;
}

/** Table rows that are still to come; shown after 150 ms, in the final layout. */
export function BoneRows({ rows = 12 }: { rows?: number }) {
  return (
    <div className={`${css["bones"] ?? ""} ${css["late"] ?? ""}`} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className={css["line"]}>
          <Bone width={`${String(18 + ((i * 7) % 12))}%`} />
          <Bone width="10%" />
          <Bone width={`${String(14 + ((i * 5) % 9))}%`} />
          <Bone width="8%" />
          <Bone width="12%" />
        </div>
      ))}
    </div>
  );
}

/** A block that is still to come. */
export function BoneBlock({ height }: { height: number }) {
  return (
    <div className={css["late"]} role="status" aria-label="Loading" style={{ padding: "12px 14px" }}>
      <Bone width="100%" height={height} />
    </div>
  );
}

/** What is being read: a query of TanStack Query, of one page or of many. */
interface Reading<T> {
  data: T | undefined;
  isError: boolean;
  isPlaceholderData: boolean;
  error: unknown;
  refetch: () => unknown;
}

interface Props<T> {
  query: Reading<T>;
  bones: ReactNode;
  works?: string;
  children: (data: T) => ReactNode;
}

/** One of loading, failed, or the data. Data once shown stays, dimmed while another range or site is read. */
export function Loaded<T>({
  query,
  bones,
  works = "The other parts of the console still work; nothing that taps report is lost.",
  children,
}: Props<T>) {
  if (query.data !== undefined) {
    return <div className={query.isPlaceholderData ? css["dimmed"] : css["shell"]}>{children(query.data)}</div>;
  }
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} works={works} />;
  return bones;
}
