package nl80211_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
)

// short says what of an event a table compares.
func short(e nl80211.Event) string {
	s := e.Kind.String()
	switch {
	case e.Interface != nil:
		s += fmt.Sprintf(" %s of wiphy %d, %v", e.Interface.Name, e.Wiphy, e.Interface.Type)
	case e.Kind == nl80211.RegulatoryChange:
		s += fmt.Sprintf(" to %q by %v", e.Country, e.Initiator)
		if e.Wiphy != nl80211.NoWiphy {
			s += fmt.Sprintf(" of wiphy %d", e.Wiphy)
		}
	case e.Wiphy != nl80211.NoWiphy:
		s += fmt.Sprintf(" %d %s", e.Wiphy, e.WiphyName)
	}
	return s
}

func TestEventsTellWhatChanged(t *testing.T) {
	big, small := nl80211test.MT7921U(), nl80211test.ATH9KHTC()
	for range 30 {
		big.Combinations = append(big.Combinations, small.Combinations...)
	}
	for _, c := range []struct {
		name string
		do   func(t *testing.T, k *nl80211test.Kernel, c *nl80211.Client)
		want []string
	}{
		{
			"an adapter comes and goes",
			func(_ *testing.T, k *nl80211test.Kernel, _ *nl80211.Client) {
				k.RemoveWiphy(k.AddWiphy(small, "wlan0"))
			},
			[]string{"new wiphy 0 phy1", "new interface wlan0 of wiphy 0, managed", "interface gone wlan0 of wiphy 0, managed", "wiphy gone 0 phy1"},
		},
		{
			"an adapter whose description needs more than a page is told of by its interface alone",
			func(_ *testing.T, k *nl80211test.Kernel, _ *nl80211.Client) { k.RemoveWiphy(k.AddWiphy(big, "wlan0")) },
			[]string{"new interface wlan0 of wiphy 0, managed", "interface gone wlan0 of wiphy 0, managed", "wiphy gone 0 phy0"},
		},
		{
			"a station becomes a monitor",
			func(t *testing.T, k *nl80211test.Kernel, c *nl80211.Client) {
				k.AddWiphy(small, "wlan0")
				if err := c.SetInterfaceType(3, nl80211.TypeMonitor, 0); err != nil {
					t.Error(err)
				}
			},
			[]string{"new wiphy 0 phy1", "new interface wlan0 of wiphy 0, managed", "interface changed wlan0 of wiphy 0, monitor"},
		},
		{
			"a program sets the country",
			func(t *testing.T, _ *nl80211test.Kernel, c *nl80211.Client) {
				if err := c.SetRegulatory("DE"); err != nil {
					t.Error(err)
				}
			},
			[]string{`regulatory change to "DE" by a program`},
		},
		{
			"regulatory domains without a country",
			func(_ *testing.T, k *nl80211test.Kernel, _ *nl80211.Client) {
				for by, country := range []string{"00", "98", "99"} {
					k.SetDomain(nl80211.Domain{Wiphy: nl80211.NoWiphy, Country: country}, nl80211.Initiator(by))
				}
			},
			[]string{`regulatory change to "00" by the kernel`, `regulatory change to "98" by a program`, `regulatory change to "99" by a driver`},
		},
		{
			"a self-managed wiphy heard where it is",
			func(_ *testing.T, k *nl80211test.Kernel, _ *nl80211.Client) {
				k.SetDomain(nl80211.Domain{Wiphy: 4, SelfManaged: true, Country: "FR"}, nl80211.InitiatorDriver)
			},
			[]string{`regulatory change to "FR" by a driver of wiphy 4`},
		},
		{
			"an event that found no room",
			func(_ *testing.T, k *nl80211test.Kernel, _ *nl80211.Client) { k.Overrun() },
			[]string{"overrun"},
		},
		{
			"an event that cannot be read is one that was lost",
			func(_ *testing.T, k *nl80211test.Kernel, _ *nl80211.Client) {
				k.Tell(unix.NL80211_MULTICAST_GROUP_CONFIG, nl80211test.Message{Command: nl80211.CommandDelWiphy, Attributes: []byte{1, 2, 3}})
			},
			[]string{"overrun"},
		},
		{
			"what does not matter here",
			func(_ *testing.T, k *nl80211test.Kernel, _ *nl80211.Client) {
				k.Tell(unix.NL80211_MULTICAST_GROUP_CONFIG, nl80211test.Message{Command: unix.NL80211_CMD_NEW_STATION})
				k.Tell(unix.NL80211_MULTICAST_GROUP_SCAN, nl80211test.Message{Command: unix.NL80211_CMD_NEW_SCAN_RESULTS})
			},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := nl80211test.NewKernel()
				cl := client(t, k)
				s, err := cl.Subscribe()
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				var got []string
				ended := make(chan error, 1)
				go func() { ended <- s.Run(ctx, func(e nl80211.Event) { got = append(got, short(e)) }) }()
				c.do(t, k, cl)
				synctest.Wait()
				cancel()
				if err := <-ended; err != nil {
					t.Errorf("Run: %v", err)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("events differ (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestCloseWakesWhoWaitsForAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := client(t, nl80211test.NewKernel()).Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			_, err := s.Next()
			ended <- err
		}()
		synctest.Wait()
		s.Close()
		if err := <-ended; !errors.Is(err, os.ErrClosed) {
			t.Errorf("error %v, want os.ErrClosed", err)
		}
	})
}

func TestSubscriptionSurvivesItsClient(t *testing.T) {
	k := nl80211test.NewKernel()
	c := client(t, k)
	s, err := c.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c.Close()
	k.AddWiphy(nl80211test.ATH9KHTC())
	if e, err := s.Next(); err != nil || e.Kind != nl80211.NewWiphy {
		t.Errorf("event %v, error %v, want a new wiphy", e, err)
	}
}
