/** Addresses are lower case in URLs and JSON, upper case on the page. */
export function formatMAC(mac: string): string {
  return mac.toUpperCase();
}

/** What a person types or pastes as an address (with -, ., or nothing between) as the API writes it; null if it is none. */
export function parseMAC(text: string): string | null {
  const digits = text.trim().toLowerCase().replace(/[:.\-\s]/g, "");
  if (!/^[0-9a-f]{12}$/.test(digits)) return null;
  return digits.replace(/(..)(?!$)/g, "$1:");
}
