import { describe, expect, test } from "vitest";
import { formatMAC, orderIPs, parseMAC } from "./address";
import { formatBytes, formatCount, formatPercent, formatRate, numberWord, plural } from "./number";
import { formatBands, formatChannel, formatChannels, formatDBm, formatMHz } from "./radio";
import { slugOf, visibleText } from "./text";
import { formatAgo, formatDuration, formatLast, formatMoment, formatTick, formatUTC, formatWhen } from "./time";

describe("numbers", () => {
  test.each([
    [0, "0"],
    [1284, "1,284"],
    [-3, "\u22123"],
  ])("count %d", (n, want) => expect(formatCount(n)).toBe(want));
  test.each([
    [0, "0"],
    [0.04, "<0.1"],
    [7.25, "7.3"],
    [18420, "18,420"],
  ])("rate %d", (n, want) => expect(formatRate(n)).toBe(want));
  test.each([
    [0, "0 %"],
    [0.2, "<1 %"],
    [37.4, "37 %"],
    [100, "100 %"],
  ])("percent %d", (n, want) => expect(formatPercent(n)).toBe(want));
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [3_100_000, "3.1 MB"],
    [999_600, "1 MB"],
    [42_000_000, "42 MB"],
  ])("octets %d", (n, want) => expect(formatBytes(n)).toBe(want));
  test("words", () => {
    expect(numberWord(2)).toBe("Two");
    expect(numberWord(13)).toBe("13");
    expect(plural(1, "tap")).toBe("1 tap");
    expect(plural(0, "BSS", "BSS")).toBe("0 BSS");
  });
});

describe("radio", () => {
  test("a power has the minus sign, not the hyphen", () => expect(formatDBm(-48)).toBe("\u221248 dBm"));
  test("a frequency is not grouped", () => expect(formatMHz(5180)).toBe("5180 MHz"));
  test("a channel names its width above 20 MHz and the band where numbers repeat", () => {
    expect(formatChannel(36, "5 GHz", 80)).toBe("36 + 80 MHz");
    expect(formatChannel(6, "2.4 GHz", 20)).toBe("6");
    expect(formatChannel(37, "6 GHz", null)).toBe("37, 6 GHz");
  });
  test("bands are in order and once each", () => {
    expect(formatBands(["5 GHz", "2.4 GHz", "5 GHz"])).toBe("2.4, 5 GHz");
    expect(formatBands([])).toBe("unknown");
  });
  test.each([
    [[1, 2, 3, 4, 5, 11, 13], "1–5, 11, 13"],
    [[12, 13, 14], "12–14"],
    [[36, 40, 44, 48, 100, 104, 149], "36–48, 100, 104, 149"],
    [[1, 5, 9, 13, 21], "1–13, 21"],
    [[], ""],
  ])("channels %j are runs of neighbours", (channels, want) => expect(formatChannels(channels)).toBe(want));
});

describe("addresses", () => {
  test("upper case on the page", () => expect(formatMAC("00:00:5e:00:53:af")).toBe("00:00:5E:00:53:AF"));
  test.each(["00-00-5E-00-53-AF", "0000.5e00.53af", "00005e0053af", " 00:00:5e:00:53:af "])("%s is read", (text) =>
    expect(parseMAC(text)).toBe("00:00:5e:00:53:af"),
  );
  test("IPv4 stands before IPv6, link-local last", () =>
    expect(orderIPs(["fe80::1", "2001:db8::1", "192.0.2.1"])).toEqual(["192.0.2.1", "2001:db8::1", "fe80::1"]));
  test("what is no address is null", () => expect(parseMAC("guest")).toBeNull());
});

describe("text of strangers", () => {
  test("control characters become visible", () => expect(visibleText("a\u0000b\n\u007f")).toBe("a⟨NUL⟩b⟨LF⟩⟨DEL⟩"));
  test("a direction override cannot turn the line", () => expect(visibleText("safe\u202eevil")).toBe("safe⟨U+202E⟩evil"));
  test("a no-break space is not a space", () => expect(visibleText("Guest\u00a0")).toBe("Guest⟨U+00A0⟩"));
  test("32 octets are whole, 33 are cut", () => {
    expect(visibleText("x".repeat(32))).toBe("x".repeat(32));
    expect(visibleText("x".repeat(33))).toBe(`${"x".repeat(32)}…`);
  });
  test("a character of four octets is not torn", () => expect(visibleText("x".repeat(31) + "📡")).toBe(`${"x".repeat(31)}…`));
  test("ordinary text of any script stays", () => expect(visibleText("Korenmarkt Café 東京 кафе")).toBe("Korenmarkt Café 東京 кафе"));
});

describe("time", () => {
  const now = new Date("2026-11-17T14:32:07Z");
  const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
  test.each([
    [-5, "now"],
    [4, "now"],
    [42, "42 s ago"],
    [300, "5 min ago"],
    [3 * 3600, "3 h ago"],
    [9 * 86400, "9 d ago"],
  ])("%d s before", (s, want) => expect(formatAgo(before(s), now)).toBe(want));
  test.each([
    [0, "0 s"],
    [12 * 86400 + 5 * 3600 + 60, "12 d 5 h"],
    [200, "3 min 20 s"],
    [3600, "1 h"],
  ])("%d s long", (s, want) => expect(formatDuration(s)).toBe(want));
  test("when is as short as the distance allows", () => {
    expect(formatWhen(before(3600), now)).toBe("13:32");
    expect(formatWhen(new Date("2026-11-11T22:04:00Z"), now)).toBe("11 Nov 22:04");
    expect(formatWhen(new Date("2025-03-03T10:00:00Z"), now)).toBe("3 Mar 2025");
    expect(formatLast(before(30), now)).toBe("now");
  });
  test("a moment names its zone, and UTC is at hand", () => {
    expect(formatMoment(now)).toBe("Tue 17 Nov 2026, 14:32 UTC");
    expect(formatUTC(now)).toBe("2026-11-17 14:32:07 UTC");
  });
  test("ticks follow the span", () => {
    expect(formatTick(now, 60_000)).toBe("14:32:07");
    expect(formatTick(now, 3_600_000)).toBe("14:32");
    expect(formatTick(now, 7 * 86_400_000)).toBe("17 Nov");
  });
});

test("a slug is made of a name", () => {
  expect(slugOf("Gent, Korenmarkt")).toBe("gent-korenmarkt");
  expect(slugOf(" Zürich 2 ")).toBe("zurich-2");
  expect(slugOf("東京")).toBe("");
  expect(slugOf("a".repeat(62) + " b")).toBe("a".repeat(62));
});
