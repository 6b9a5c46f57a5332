/** The shapes of states and severities. Shape, colour and word always come together; these are shape and colour. */
export type MarkKind = "ok" | "degraded" | "attention" | "none" | "pending" | "info" | "open" | "weak";

const fills: Record<MarkKind, string> = {
  ok: "var(--ok-fill)",
  degraded: "var(--med-fill)",
  attention: "var(--high-fill)",
  none: "var(--none)",
  pending: "var(--none)",
  info: "var(--info-fill)",
  open: "var(--high-fill)",
  weak: "var(--med-fill)",
};

function shape(kind: MarkKind) {
  switch (kind) {
    case "ok":
      return (
        <>
          <circle cx="8" cy="8" r="7" />
          <path
            d="m4.8 8.2 2.2 2.2 4.2-4.6"
            fill="none"
            stroke="var(--surface)"
            strokeWidth="1.8"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </>
      );
    case "degraded":
      return (
        <>
          <circle cx="8" cy="8" r="6.2" fill="none" stroke="var(--med)" strokeWidth="1.4" />
          <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" stroke="var(--med)" />
        </>
      );
    case "attention":
    case "open":
      return <path d="M8 1.8c.4 0 .7.2.9.5l6 10.4c.4.7-.1 1.5-.9 1.5H2c-.8 0-1.3-.8-.9-1.5l6-10.4c.2-.3.5-.5.9-.5z" />;
    case "weak":
      return <path d="M8 1.4 14.6 8 8 14.6 1.4 8z" stroke="var(--med)" strokeWidth="1" />;
    case "none":
      return (
        <>
          <rect
            x="1.7"
            y="1.7"
            width="12.6"
            height="12.6"
            rx="2.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.2"
            strokeDasharray="2.4 1.8"
          />
          <path d="M3.6 8.8 8.8 3.6M4.2 12 12 4.2M7.2 12.4l5.2-5.2" stroke="currentColor" strokeWidth="1.1" />
        </>
      );
    case "pending":
      return <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.6 2.1" />;
    case "info":
      return <circle cx="8" cy="8" r="3" />;
  }
}

export function Mark({ kind, size = 14 }: { kind: MarkKind; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill={fills[kind]} aria-hidden="true" style={{ flex: "none", color: fills[kind] }}>
      {shape(kind)}
    </svg>
  );
}
