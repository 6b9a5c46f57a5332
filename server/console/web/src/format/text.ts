/** Octets of a name that a stranger chose which a page shows: an SSID has at most 32 (802.11-2020, 9.4.2.2). */
export const MAX_OCTETS = 32;

// Characters that are nothing to see or that turn the text around them: format
// and direction controls, spaces other than the space, and variation selectors.
const unseen = /[\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]/u;

/**
 * Makes attacker-chosen text safe to read: control characters become their
 * pictures (␀ … ␡), invisible ones their code point, and what is longer than
 * max octets of UTF-8 is cut at a whole character, with an ellipsis.
 */
export function visibleText(text: string, max = MAX_OCTETS): string {
  const encoder = new TextEncoder();
  let shown = "";
  let octets = 0;
  for (const character of text) {
    octets += encoder.encode(character).length;
    if (octets > max) return `${shown}…`;
    shown += visibleCharacter(character);
  }
  return shown;
}

function visibleCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (unseen.test(character)) return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  return character;
}
