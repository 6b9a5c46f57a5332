import { formStyle } from "../../components/form";

/** A QR code from its rows of 1 (dark) and 0, with the quiet zone that readers want. Black on white in every theme. */
export function QR({ rows, label }: { rows: readonly string[]; label: string }) {
  const size = rows.length + 8;
  const path = rows.flatMap((row, y) => Array.from(row, (c, x) => (c === "1" ? `M${String(x + 4)} ${String(y + 4)}h1v1h-1z` : ""))).join("");
  return (
    <svg className={formStyle.qr} viewBox={`0 0 ${String(size)} ${String(size)}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
