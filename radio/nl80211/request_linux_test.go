package nl80211_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/mdlayher/netlink"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
)

// TestRequestsAreTheseOctets compares what is sent with attributes written down
// from nl80211.h: length, type, value, little-endian and padded to four octets.
func TestRequestsAreTheseOctets(t *testing.T) {
	const ack = netlink.Request | netlink.Acknowledge
	for _, c := range []struct {
		name    string
		do      func(*nl80211.Client) error
		command nl80211.Command
		flags   netlink.HeaderFlags
		want    string
	}{
		{
			"a list of wiphys asks for the split form",
			func(c *nl80211.Client) error { _, err := c.Wiphys(); return err },
			1, netlink.Request | netlink.Dump,
			"0400ae00", // SPLIT_WIPHY_DUMP
		},
		{
			"one wiphy is a dump with one in it",
			func(c *nl80211.Client) error { _, err := c.Wiphy(0); return err },
			1, netlink.Request | netlink.Dump,
			"0400ae00 08000100 00000000",
		},
		{
			"all interfaces",
			func(c *nl80211.Client) error { _, err := c.Interfaces(); return err },
			5, netlink.Request | netlink.Dump, "",
		},
		{
			"one interface",
			func(c *nl80211.Client) error { _, err := c.Interface(3); return err },
			5, netlink.Request, "08000300 03000000",
		},
		{
			"a new monitor is answered by a message, so no acknowledgement is asked for",
			func(c *nl80211.Client) error {
				_, err := c.CreateInterface(0, "picket0", nl80211.TypeMonitor, 0)
				return err
			},
			7, netlink.Request,
			"08000100 00000000" + // WIPHY 0
				"0c000400 7069636b 65743000" + // IFNAME "picket0", terminated
				"08000500 06000000", // IFTYPE monitor
		},
		{
			"a monitor with flags that goes with its socket",
			func(c *nl80211.Client) error {
				_, err := c.CreateOwnedInterface(0, "mon", nl80211.TypeMonitor, nl80211.MonitorFCSFail|nl80211.MonitorControl|nl80211.MonitorOtherBSS)
				return err
			},
			7, netlink.Request,
			"08000100 00000000 08000400 6d6f6e00 08000500 06000000" +
				"10001780 04000100 04000300 04000400" + // MNTR_FLAGS, nested: FCSFAIL, CONTROL, OTHER_BSS
				"0400cc00", // SOCKET_OWNER
		},
		{
			"a station becomes a monitor",
			func(c *nl80211.Client) error { return c.SetInterfaceType(3, nl80211.TypeMonitor, 0) },
			6, ack, "08000300 03000000 08000500 06000000",
		},
		{
			"an interface goes",
			func(c *nl80211.Client) error { return c.DeleteInterface(3) },
			8, ack, "08000300 03000000",
		},
		{
			"20 MHz without HT is the zero width",
			func(c *nl80211.Client) error { return c.Tune(4, nl80211.ChannelDefinition{Frequency: 2412}) },
			2, ack,
			"08000300 04000000 08002600 6c090000 08009f00 00000000 0800a000 6c090000",
		},
		{
			"80 MHz with its centre",
			func(c *nl80211.Client) error {
				return c.Tune(4, nl80211.ChannelDefinition{Frequency: 5180, Width: nl80211.Width80, Center1: 5210})
			},
			2, ack,
			"08000300 04000000 08002600 3c140000 08009f00 03000000 0800a000 5a140000",
		},
		{
			"80+80 MHz with both centres",
			func(c *nl80211.Client) error {
				return c.Tune(4, nl80211.ChannelDefinition{Frequency: 5180, Width: nl80211.Width80Plus, Center1: 5210, Center2: 5775})
			},
			2, ack,
			"08000300 04000000 08002600 3c140000 08009f00 04000000 0800a000 5a140000 0800a100 8f160000",
		},
		{
			"regulatory domains",
			func(c *nl80211.Client) error { _, err := c.Regulatory(); return err },
			31, netlink.Request | netlink.Dump, "",
		},
		{
			"a country",
			func(c *nl80211.Client) error { return c.SetRegulatory("DE") },
			27, ack, "07002100 44450000",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := nl80211test.NewKernel()
			wiphy := k.AddWiphy(nl80211test.MT7921U(), "wlan0")
			if _, err := k.AddInterface(wiphy, "mon0", nl80211.TypeMonitor); err != nil {
				t.Fatal(err)
			}
			if err := k.SetUp(4, true); err != nil {
				t.Fatal(err)
			}
			if err := c.do(client(t, k)); err != nil {
				t.Fatal(err)
			}
			all := k.Requests()
			got := all[len(all)-1]
			if len(all) != 1 || got.Command != c.command || got.Flags != c.flags {
				t.Errorf("%d requests, the last %v; want one: command %d flags %v", len(all), got, c.command, c.flags)
			}
			if want := strings.ReplaceAll(c.want, " ", ""); hex.EncodeToString(got.Attributes) != want {
				t.Errorf("attributes\n got  %x\n want %s", got.Attributes, want)
			}
		})
	}
}

func TestWhatCannotBeAskedIsNotSent(t *testing.T) {
	k := nl80211test.NewKernel()
	c := client(t, k)
	for name, do := range map[string]func() error{
		"a name without octets": func() error { _, err := c.CreateInterface(0, "", nl80211.TypeMonitor, 0); return err },
		"a name of 16 octets":   func() error { _, err := c.CreateInterface(0, "abcdefghijklmnop", nl80211.TypeMonitor, 0); return err },
		"80 MHz around nothing": func() error { return c.Tune(3, nl80211.ChannelDefinition{Frequency: 5180, Width: nl80211.Width80}) },
		"a country of a letter": func() error { return c.SetRegulatory("D") },
	} {
		if err := do(); err == nil || len(k.Requests()) != 0 {
			t.Errorf("%s: error %v and %d requests, want an error and none", name, err, len(k.Requests()))
		}
	}
}
