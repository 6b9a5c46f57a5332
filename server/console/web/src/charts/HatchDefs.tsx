/** The 45° hatch that means "no data", for every svg of the page: fill="url(#hatch)". Rendered once, by the shell. */
export function HatchDefs() {
  return (
    <svg width="0" height="0" style={{ position: "absolute" }} aria-hidden="true">
      <defs>
        <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="5" height="5" fill="var(--none-bg)" />
          <path d="M0 0V5" stroke="var(--hatch)" strokeWidth="2" />
        </pattern>
        <pattern id="hatch-dense" width="3" height="3" patternUnits="userSpaceOnUse">
          <path d="M0 3 3 0" stroke="var(--control)" strokeWidth="1" />
        </pattern>
      </defs>
    </svg>
  );
}
