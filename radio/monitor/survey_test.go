package monitor

import (
	"slices"
	"strings"
	"testing"

	"picket/radio/nl80211"
)

func TestSurveySaysWhatAKeeperWouldDoAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.plug(softMAC(), 1)
	_, uplink := w.plug(softMAC(), 2)
	w.othersUp(uplink, true)
	w.othersConnect(uplink, true)
	w.programs["812"], w.sockets[uplink] = "wpa_supplicant", "812"
	w.wiphys[0].soft, w.wiphys[0].willSoft = true, true
	k, err := w.kernel()
	if err != nil {
		t.Fatal(err)
	}
	radios, err := Survey(k)
	if err != nil || len(radios) != 2 {
		t.Fatalf("%+v, %v", radios, err)
	}
	free, used := radios[0], radios[1]
	if !free.Usable || free.Why != "" || !free.SoftBlocked || free.Driver != "ath9k_htc" || !strings.Contains(free.Note, "ath9k_htc") || len(free.Sources) == 0 {
		t.Errorf("%+v", free)
	}
	if used.Usable || used.Why != "wlan1 is the box's way to the network, and stays that." || !strings.HasPrefix(used.Cure, "Connect the box by cable") {
		t.Errorf("%+v", used)
	}
	if i := used.Interfaces[0]; i.Name != "wlan1" || i.Type != nl80211.TypeStation || !i.Up || !slices.Equal(i.Holders, []string{"wpa_supplicant (process 812)"}) {
		t.Errorf("%+v", i)
	}
	if len(w.asked) != 0 {
		t.Errorf("changed: %q", w.asked)
	}
	w.asFound(t)
}
