/** The mark of Picket: three pickets of a fence. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" style={{ flex: "none" }}>
      <path d="M2 6.5 4.5 3 7 6.5V18H2zM7.8 4.5 10 1l2.3 3.5V18H7.8zM13 6.5 15.5 3 18 6.5V18h-5z" fill="var(--accent-fill)" />
      <path d="M1 10.2h18M1 14.6h18" stroke="var(--surface)" strokeWidth="1.3" />
    </svg>
  );
}
