package nl80211test_test

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
	"picket/shared/wlan"
)

func dial(t *testing.T, k *nl80211test.Kernel) *nl80211.Client {
	t.Helper()
	c, err := k.Client()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// TestKernelRefusesWhatARealOneRefuses holds the model against cfg80211: each
// sentence is a rule of nl80211.c, chan.c or util.c of v6.12.
func TestKernelRefusesWhatARealOneRefuses(t *testing.T) {
	tune := func(c *nl80211.Client, ifindex uint32, f wlan.MHz) error {
		return c.Tune(ifindex, nl80211.ChannelDefinition{Frequency: f})
	}
	for _, c := range []struct {
		name  string
		wiphy nl80211.Wiphy
		do    func(k *nl80211test.Kernel, c *nl80211.Client, station, monitor uint32) error
		want  error
	}{
		{"a monitor that is down is not tuned", nl80211test.MT7921U(), func(_ *nl80211test.Kernel, c *nl80211.Client, _, mon uint32) error {
			return tune(c, mon, 2412)
		}, unix.EBUSY},
		{"a monitor that is up is tuned", nl80211test.MT7921U(), func(k *nl80211test.Kernel, c *nl80211.Client, _, mon uint32) error {
			return errors.Join(k.SetUp(mon, true), tune(c, mon, 5955))
		}, nil},
		{"no monitor is tuned beside a station that is up", nl80211test.MT7921U(), func(k *nl80211test.Kernel, c *nl80211.Client, sta, mon uint32) error {
			return errors.Join(k.SetUp(mon, true), k.SetUp(sta, true), tune(c, mon, 2412))
		}, unix.EBUSY},
		{"a station is not tuned", nl80211test.MT7921U(), func(k *nl80211test.Kernel, c *nl80211.Client, sta, _ uint32) error {
			return errors.Join(k.SetUp(sta, true), tune(c, sta, 2412))
		}, unix.EINVAL},
		{"a channel that the radio lacks", nl80211test.ATH9KHTC(), func(k *nl80211test.Kernel, c *nl80211.Client, _, mon uint32) error {
			return errors.Join(k.SetUp(mon, true), tune(c, mon, 5180))
		}, unix.EINVAL},
		{"a channel that is disabled", nl80211test.ATH9KHTC(), func(k *nl80211test.Kernel, c *nl80211.Client, _, mon uint32) error {
			return errors.Join(k.SetUp(mon, true), tune(c, mon, 2484))
		}, unix.EINVAL},
		{"a channel that is disabled but may be monitored", nl80211test.IWLWifi(), func(k *nl80211test.Kernel, c *nl80211.Client, _, mon uint32) error {
			return errors.Join(k.SetUp(mon, true), tune(c, mon, 6515))
		}, nil},
		{"a centre that does not fit", nl80211test.MT7921U(), func(k *nl80211test.Kernel, c *nl80211.Client, _, mon uint32) error {
			return errors.Join(k.SetUp(mon, true), c.Tune(mon, nl80211.ChannelDefinition{Frequency: 5180, Width: nl80211.Width80, Center1: 5290}))
		}, unix.EINVAL},
		{"the type of an interface that is up", nl80211test.MT7921U(), func(k *nl80211test.Kernel, c *nl80211.Client, sta, _ uint32) error {
			return errors.Join(k.SetUp(sta, true), c.SetInterfaceType(sta, nl80211.TypeMonitor, 0))
		}, unix.EBUSY},
		{"a type that the driver lacks", nl80211test.Brcmfmac(), func(_ *nl80211test.Kernel, c *nl80211.Client, sta, _ uint32) error {
			return c.SetInterfaceType(sta, nl80211.TypeMonitor, 0)
		}, unix.EOPNOTSUPP},
		{"an interface where the driver adds none", nl80211test.RTL88XXAU(), func(_ *nl80211test.Kernel, c *nl80211.Client, _, _ uint32) error {
			_, err := c.CreateInterface(0, "mon1", nl80211.TypeMonitor, 0)
			return err
		}, unix.EOPNOTSUPP},
		{"a name that is taken", nl80211test.MT7921U(), func(_ *nl80211test.Kernel, c *nl80211.Client, _, _ uint32) error {
			_, err := c.CreateInterface(0, "wlan0", nl80211.TypeMonitor, 0)
			return err
		}, unix.EEXIST},
		{"a second station where one is the limit", nl80211test.IWLWifi(), func(k *nl80211test.Kernel, c *nl80211.Client, sta, _ uint32) error {
			other, err := c.CreateInterface(0, "wlan1", nl80211.TypeStation, 0)
			return errors.Join(err, k.SetUp(sta, true), k.SetUp(other.Index, true))
		}, unix.EBUSY},
		{"a country that is none", nl80211test.MT7921U(), func(_ *nl80211test.Kernel, c *nl80211.Client, _, _ uint32) error {
			return c.SetRegulatory("de")
		}, unix.EINVAL},
		{"a country", nl80211test.MT7921U(), func(_ *nl80211test.Kernel, c *nl80211.Client, _, _ uint32) error {
			r, err := c.Regulatory()
			if err == nil && r.Global.World() {
				err = c.SetRegulatory("DE")
			}
			return err
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := nl80211test.NewKernel()
			wiphy := k.AddWiphy(c.wiphy, "wlan0")
			monitor, err := k.AddInterface(wiphy, "mon0", nl80211.TypeMonitor)
			if err != nil {
				t.Fatal(err)
			}
			station, _ := k.Interface("wlan0")
			if err := c.do(k, dial(t, k), station.Index, monitor); !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

func TestFailuresEndByThemselves(t *testing.T) {
	k := nl80211test.NewKernel()
	k.AddWiphy(nl80211test.MT7921U(), "wlan0")
	c := dial(t, k)
	k.Fail(nl80211.CommandGetInterface, 2, unix.EIO, "the firmware is asleep")
	for n := range 3 {
		_, err := c.Interface(3)
		if n < 2 && (!errors.Is(err, unix.EIO) || err.Error() != "get ifindex 3: input/output error (the firmware is asleep)") || n == 2 && err != nil {
			t.Errorf("request %d: error %v", n, err)
		}
	}
	k.Fail(nl80211.CommandGetInterface, -1, unix.EIO, "")
	if _, err := c.Interface(3); !errors.Is(err, unix.EIO) {
		t.Errorf("error %v", err)
	}
	k.Fail(nl80211.CommandGetInterface, 0, 0, "")
	if _, err := c.Interface(3); err != nil {
		t.Errorf("error %v after failures were taken back", err)
	}
}

func TestInterfacesRememberWhatWasDoneToThem(t *testing.T) {
	k := nl80211test.NewKernel()
	wiphy := k.AddWiphy(nl80211test.MT7921U(), "wlan0")
	c := dial(t, k)
	if _, err := c.CreateInterface(wiphy, "mon0", nl80211.TypeMonitor, nl80211.MonitorFCSFail|nl80211.MonitorControl); err != nil {
		t.Fatal(err)
	}
	mon, _ := k.Interface("mon0")
	if mon.Flags != nl80211.MonitorFCSFail|nl80211.MonitorControl || mon.Type != nl80211.TypeMonitor || mon.Up {
		t.Errorf("interface %+v", mon)
	}
	if err := k.SetUp(mon.Index, true); err != nil {
		t.Fatal(err)
	}
	want := nl80211.ChannelDefinition{Frequency: 5180, Width: nl80211.Width80, Center1: 5210}
	if err := c.Tune(mon.Index, want); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Interface(mon.Index); err != nil || got.Channel != want {
		t.Errorf("tuned to %v, error %v, want %v", got.Channel, err, want)
	}
	k.ChangeInterface(3, func(i *nl80211test.Interface) { i.SSID = "office" })
	if got, err := c.Interface(3); err != nil || !got.InUse() {
		t.Errorf("interface %+v, error %v: a connected station is in use", got, err)
	}
	k.ChangeWiphy(wiphy, func(w *nl80211.Wiphy) { w.Bands = w.Bands[:1] })
	if w, err := c.Wiphy(wiphy); err != nil || len(w.Bands) != 1 {
		t.Errorf("%d bands, error %v after the wiphy lost all but one", len(w.Bands), err)
	}
	k.RemoveInterface(3)
	if len(k.Interfaces()) != 1 {
		t.Errorf("interfaces %v, want one", k.Interfaces())
	}
}
