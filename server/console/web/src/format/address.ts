/** Addresses are lower case in URLs and JSON, upper case on the page. */
export function formatMAC(mac: string): string {
  return mac.toUpperCase();
}

/** What a person types or pastes as an address (with -, ., or nothing between) as the API writes it; null if it is none. */
export function parseMAC(text: string): string | null {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/[:.\-\s]/g, "");
  if (!/^[0-9a-f]{12}$/.test(digits)) return null;
  return digits.replace(/(..)(?!$)/g, "$1:");
}

/** IP addresses as people look for them: IPv4, then IPv6, then what only means something on its link. */
export function orderIPs(ips: readonly string[]): string[] {
  const rank = (ip: string): number => (/^(fe80:|169\.254\.)/i.test(ip) ? 2 : ip.includes(":") ? 1 : 0);
  return [...ips].sort((a, b) => rank(a) - rank(b));
}
