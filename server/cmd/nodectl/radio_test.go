package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"picket/server/embedded"
	"picket/server/testdb"
	"picket/shared/wlan"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

func TestChannelsAreReadAsPeopleNameThem(t *testing.T) {
	for text, want := range map[string]wlan.MHz{
		"1": 2412, "14": 2484, "36": 5180, "177": 5885, "184": 4920, "6:1": 5955, "6:37": 6135, "6:2": 5935, "2437": 2437, "5955": 5955,
	} {
		if got, err := parseChannel(text); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "15", "38", "6:0", "6:3", "6:5955", "2413", "5190", "-1", "one", "65536", "99999999999999999999"} {
		if got, err := parseChannel(text); err == nil {
			t.Errorf("%q is taken for %d MHz", text, got)
		}
	}
	list, err := parseChannels("36, 1,6:37")
	if err != nil || channelsText(list) != "36,1,6:37" || channelsText(nil) != none {
		t.Errorf("list %q, %v", channelsText(list), err)
	}
}

func TestRadioRefuses(t *testing.T) {
	tests := []struct{ name, args, want string }{
		{"no such part", "radio tune", "tune"},
		{"no tap", "radio show", "-tap"},
		{"tap and site", "radio set -tap a -site b -use no", "exclude"},
		{"nothing to set", "radio set -tap a", "nothing to set"},
		{"no yes", "radio set -tap a -use maybe", "-use"},
		{"no country", "radio set -tap a -country germany", "country"},
		{"no channel", "radio set -tap a -own 38", "-own"},
		{"no share", "radio set -tap a -share 4/3", "-share"},
		{"share from 0", "radio set -tap a -share 0/3", "-share"},
		{"no time", "radio set -tap a -revisit often", "-revisit"},
		{"window that is no part", "radio set -tap a -window 7s", "window"},
		{"nothing left", "radio set -tap a -only 1 -exclude 1", "none is left"},
		{"no channel to lock", "radio lock -tap a", "-channel"},
		{"wrong channel to lock", "radio lock -tap a -channel 38", "-channel"},
		{"wrong address", "radio lock -tap a -channel 36 -bssid nobody", "-bssid"},
		{"a site to lock", "radio lock -site main -channel 36", "site"},
		{"no lock", "radio unlock -tap a", "-lock"},
	}
	for _, tt := range tests {
		var out, errs bytes.Buffer
		err := run(t.Context(), append([]string{"-data", "/nonexistent"}, strings.Fields(tt.args)...), &out, &errs)
		if err == nil || !strings.Contains(err.Error(), tt.want) || out.Len() > 0 {
			t.Errorf("%s: %v, want one that names %q", tt.name, err, tt.want)
		}
	}
	for _, args := range []string{"radio", "radio -help", "radio set -help", "radio lock -help"} {
		var out, errs bytes.Buffer
		if err := run(t.Context(), strings.Fields(args), &out, &errs); !errors.Is(err, flag.ErrHelp) || !strings.Contains(errs.String(), "Options:") {
			t.Errorf("nodectl %s: %v, %q", args, err, errs.String())
		}
	}
}

func TestRadioIsSetShownLockedAndUnlocked(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "alpha")
	twin := db.Tap(t, s, "twin")
	db.Tap(t, s, "twin")
	ctl := func(args ...string) (string, error) {
		t.Helper()
		var out, errs bytes.Buffer
		err := run(t.Context(), append([]string{"-database", db.URL(embedded.Superuser), "radio"}, args...), &out, &errs)
		return out.String(), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := ctl(args...)
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return out
	}
	says := func(out string, lines ...string) {
		t.Helper()
		for _, line := range lines {
			if !regexp.MustCompile("(?m)^" + strings.ReplaceAll(line, " ", " +") + " *$").MatchString(out) {
				t.Errorf("no line %q in\n%s", line, out)
			}
		}
	}
	says(must("show", "-tap", "alpha"), "use the tap decides nobody", "own the tap decides nobody", `revision 1, of \S+; the tap follows no revision yet`)
	says(must("set", "-site", "main", "-country", "DE", "-own", "1,36,6:37", "-window", "5s"), "country DE site", "own 1,36,6:37 site", "window 5s site")
	says(must("set", "-tap", tap.TapID.String(), "-own", "none", "-share", "2/3", "-revisit", "20s", "-use", "no"),
		"use no tap", "country DE site", "own none tap", "share 2/3 tap", "revisit 20s tap", "window 5s site")
	says(must("set", "-tap", "alpha", "-own", "inherit", "-country", "none"), "own 1,36,6:37 site", "country none tap", "share 2/3 tap")
	says(must("show", "-site", "main"), "country DE site", "exclude the tap decides nobody")

	locked := must("lock", "-tap", "alpha", "-channel", "36", "-for", "45m", "-bssid", "00-00-5E-00-53-01", "-adapter", "phy0")
	if !regexp.MustCompile(`^alpha stays on channel 36, 5180 MHz until \S+ \(lock \S+\)\n$`).MatchString(locked) {
		t.Errorf("lock says %q", locked)
	}
	must("lock", "-tap", "alpha", "-channel", "6")
	shown := must("show", "-tap", "alpha")
	says(shown, `lock \S+ channel 36, 5180 MHz, for 00:00:5e:00:53:01, adapter phy0, until \S+ nodectl`, `lock \S+ channel 6, 2437 MHz, until \S+ nodectl`)
	id := regexp.MustCompile(`lock (\S+) +channel 36`).FindStringSubmatch(shown)[1]
	if out := must("unlock", "-tap", "alpha", "-lock", id); out != "locks removed: 1\n" {
		t.Errorf("unlock says %q", out)
	}
	if out := must("unlock", "-tap", "alpha", "-lock", "all"); out != "locks removed: 1\n" || strings.Contains(must("show", "-tap", "alpha"), "lock ") {
		t.Errorf("unlock all says %q", out)
	}
	for _, tt := range []struct{ args, want string }{
		{"show -tap nobody", "no tap"},
		{"show -tap twin", twin.TapID.String()},
		{"show -site nowhere", "no site"},
		{"set -site nowhere -use no", "no site"},
		{"show -tap alpha -tenant nobody", "no tenant"},
		{"set -site main -share 1/2", "of its own"},
		{"unlock -tap alpha -lock " + id, "no lock"},
		{"lock -tap alpha -channel 6 -for 25h", "24h"},
	} {
		if out, err := ctl(strings.Fields(tt.args)...); err == nil || !strings.Contains(err.Error(), tt.want) || out != "" {
			t.Errorf("%s: %v, want one that names %q", tt.args, err, tt.want)
		}
	}
}
