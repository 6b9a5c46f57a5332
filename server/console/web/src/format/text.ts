/** Octets of a name that a stranger chose which a page shows: an SSID has at most 32 (802.11-2020, 9.4.2.2). */
export const MAX_OCTETS = 32;

// Characters that are nothing to see or that turn the text around them: format
// and direction controls, spaces, variation selectors, private use.
const unseen = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

/**
 * Makes attacker-chosen text safe to read: control characters become their
 * names (⟨NUL⟩ … ⟨DEL⟩), invisible ones their code point, and what is longer than
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

// ISO 646 names of the control characters: fonts lack the pictures of U+2400.
const controls =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");

function visibleCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return `⟨${controls[code] ?? ""}⟩`;
  if (code === 0x7f) return "⟨DEL⟩";
  if (character !== " " && unseen.test(character)) return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  return character;
}

/** What a slug matches: lower-case letters and digits, with hyphens between. */
export const slugPattern = "[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?";

/** A slug from a name: "Gent, Korenmarkt" is "gent-korenmarkt", "Zürich" is "zurich". Empty where nothing of the name fits. */
export function slugOf(name: string): string {
  return name
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, "");
}
