package nl80211_test

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
)

func TestKernelWithoutNl80211DoesNotExist(t *testing.T) {
	k := nl80211test.NewKernel()
	k.Absent = true
	if _, err := k.Client(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want os.ErrNotExist", err)
	}
}

// TestThisKernelIsDialedOrHasNoWirelessStack asks the kernel that the test runs on,
// whatever it is.
func TestThisKernelIsDialedOrHasNoWirelessStack(t *testing.T) {
	c, err := nl80211.Dial()
	if err == nil {
		c.Close()
	} else if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want none or os.ErrNotExist", err)
	}
}

func TestRefusalCarriesTheKernelsWords(t *testing.T) {
	k := nl80211test.NewKernel()
	wiphy := k.AddWiphy(nl80211test.ATH9KHTC(), "wlan0")
	c := client(t, k)
	mon, err := c.CreateInterface(wiphy, "mon0", nl80211.TypeMonitor, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.SetUp(mon.Index, true); err != nil {
		t.Fatal(err)
	}
	err = c.Tune(mon.Index, nl80211.ChannelDefinition{Frequency: 5180})
	const want = "tune ifindex 4 to 5180 MHz: invalid argument (Unknown channel)"
	if !errors.Is(err, unix.EINVAL) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	var refused *nl80211.Error
	if !errors.As(err, &refused) || refused.Attribute != unix.NL80211_ATTR_WIPHY_FREQ {
		t.Errorf("refusal %+v, want one about NL80211_ATTR_WIPHY_FREQ", refused)
	}
	if errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v is os.ErrNotExist", err)
	}
}

func TestWhatIsGoneDoesNotExist(t *testing.T) {
	k := nl80211test.NewKernel()
	wiphy := k.AddWiphy(nl80211test.MT7921U(), "wlan0")
	k.RemoveWiphy(wiphy)
	c := client(t, k)
	for name, do := range map[string]func() error{
		"a wiphy":                  func() error { _, err := c.Wiphy(wiphy); return err },
		"an interface":             func() error { _, err := c.Interface(3); return err },
		"an interface to delete":   func() error { return c.DeleteInterface(3) },
		"an interface to tune":     func() error { return c.Tune(3, nl80211.ChannelDefinition{Frequency: 2412}) },
		"an interface to change":   func() error { return c.SetInterfaceType(3, nl80211.TypeMonitor, 0) },
		"a wiphy to put something": func() error { _, err := c.CreateInterface(wiphy, "mon0", nl80211.TypeMonitor, 0); return err },
	} {
		if err := do(); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: error %v, want os.ErrNotExist", name, err)
		}
	}
	if wiphys, err := c.Wiphys(); err != nil || len(wiphys) != 0 {
		t.Errorf("wiphys %v and error %v, want none", wiphys, err)
	}
}

func TestListThatChangedMeanwhileIsAskedForAgain(t *testing.T) {
	k := nl80211test.NewKernel()
	k.AddWiphy(nl80211test.MT7921U(), "wlan0")
	c := client(t, k)
	k.InterruptDumps(2)
	if wiphys, err := c.Wiphys(); err != nil || len(wiphys) != 1 || len(k.Requests()) != 3 {
		t.Errorf("%d wiphys, error %v after %d dumps; want 1 after 3", len(wiphys), err, len(k.Requests()))
	}
	k.InterruptDumps(1000)
	if _, err := c.Wiphys(); err == nil || len(k.Requests()) != 3+nl80211.DumpAttempts {
		t.Errorf("error %v after %d dumps, want one after %d", err, len(k.Requests())-3, nl80211.DumpAttempts)
	}
}

func TestListOfTwoGenerationsIsAskedForAgain(t *testing.T) {
	asked := 0
	c, err := nl80211test.Dial(func(nl80211test.Request) ([]nl80211test.Message, error) {
		asked++
		first, second := nl80211test.MT7921U(), nl80211test.ATH9KHTC()
		first.Generation, second.Index = 7, 1
		second.Generation = 7
		if asked == 1 {
			second.Generation = 8 // a wiphy came or went between the two
		}
		return append(nl80211test.Encode(first, true), nl80211test.Encode(second, true)...), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if wiphys, err := c.Wiphys(); err != nil || len(wiphys) != 2 || asked != 2 {
		t.Errorf("%d wiphys, error %v after %d dumps; want 2 after 2", len(wiphys), err, asked)
	}
}

func TestInterfacesOfTwoWiphysHaveGenerationsOfTheirOwn(t *testing.T) {
	asked := 0
	c, err := nl80211test.Dial(func(nl80211test.Request) ([]nl80211test.Message, error) {
		asked++
		return []nl80211test.Message{
			nl80211test.EncodeInterface(nl80211.CommandNewInterface, nl80211.Interface{Index: 9, Name: "b", Wiphy: 1, WDev: 1<<32 | 1}, 5),
			nl80211test.EncodeInterface(nl80211.CommandNewInterface, nl80211.Interface{Index: 3, Name: "a", Wiphy: 0, WDev: 1}, 4),
			nl80211test.EncodeInterface(nl80211.CommandNewInterface, nl80211.Interface{Wiphy: 0, WDev: 2, Type: nl80211.TypeP2PDevice}, 4),
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	list, err := c.Interfaces()
	if err != nil || asked != 1 || len(list) != 3 {
		t.Fatalf("interfaces %v, error %v after %d dumps", list, err, asked)
	}
	if list[0].Type != nl80211.TypeP2PDevice || list[1].Name != "a" || list[2].Name != "b" {
		t.Errorf("interfaces %v are not in order", list)
	}
}

// TestMessageTooManyDoesNotSpoilTheNextRequest is the trap of NEW_INTERFACE with an
// acknowledgement: two datagrams answer one request.
func TestMessageTooManyDoesNotSpoilTheNextRequest(t *testing.T) {
	c, err := nl80211test.Dial(func(r nl80211test.Request) ([]nl80211test.Message, error) {
		if r.Command == nl80211.CommandDelInterface { // an answer besides the acknowledgement
			return []nl80211test.Message{{Command: nl80211.CommandDelInterface}, {Command: nl80211.CommandDelInterface}}, nil
		}
		return []nl80211test.Message{nl80211test.EncodeInterface(nl80211.CommandNewInterface, nl80211.Interface{Index: 3, WDev: 1}, 1)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.DeleteInterface(3); err != nil {
		t.Fatal(err)
	}
	if i, err := c.Interface(3); err != nil || i.Index != 3 {
		t.Errorf("interface %v, error %v after an answer of three datagrams", i, err)
	}
}

func TestAnswerThatDoesNotComeIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := nl80211test.NewKernel()
		k.AddWiphy(nl80211test.ATH9KHTC(), "wlan0")
		c := client(t, k)
		k.FailWith(nl80211.CommandGetInterface, 1, nl80211test.ErrSilence)
		start := time.Now()
		_, err := c.Interface(3)
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != nl80211.AnswerTimeout {
			t.Errorf("error %v after %v, want os.ErrDeadlineExceeded after %v", err, time.Since(start), nl80211.AnswerTimeout)
		}
		if i, err := c.Interface(3); err != nil || i.Name != "wlan0" {
			t.Errorf("interface %v, error %v after a request that was given up", i, err)
		}
	})
}

func TestClosedClientFails(t *testing.T) {
	k := nl80211test.NewKernel()
	c := client(t, k)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Wiphys(); err == nil {
		t.Error("a closed client lists wiphys")
	}
}

func TestOwnedInterfaceGoesWithItsClient(t *testing.T) {
	k := nl80211test.NewKernel()
	wiphy := k.AddWiphy(nl80211test.MT7921U(), "wlan0")
	c := client(t, k)
	if _, err := c.CreateOwnedInterface(wiphy, "own", nl80211.TypeMonitor, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateInterface(wiphy, "stays", nl80211.TypeMonitor, 0); err != nil {
		t.Fatal(err)
	}
	c.Close()
	_, owned := k.Interface("own")
	_, stays := k.Interface("stays")
	if owned || !stays {
		t.Errorf("owned interface is there: %v, the other: %v; want false, true", owned, stays)
	}
}

func TestClientServesManyAtOnce(t *testing.T) {
	k := nl80211test.NewKernel()
	wiphy := k.AddWiphy(nl80211test.MT7921U(), "wlan0")
	c := client(t, k)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 20 {
				w, err := c.Wiphy(wiphy)
				if err != nil || len(w.Bands) != 3 {
					t.Errorf("wiphy with %d bands, error %v", len(w.Bands), err)
				}
				if _, err := c.Interface(3); err != nil {
					t.Error(err)
				}
				if err := c.DeleteInterface(99); !errors.Is(err, os.ErrNotExist) {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

func TestAnswersThatMakeNoSenseAreErrors(t *testing.T) {
	for name, c := range map[string]struct {
		answer nl80211test.Message
		want   string
	}{
		"no attributes":             {nl80211test.Message{}, "which one"},
		"half an attribute":         {nl80211test.Message{Attributes: []byte{8, 0, 3, 0, 1}}, "invalid attribute"},
		"an ifindex of two octets":  {nl80211test.Message{Attributes: []byte{6, 0, 3, 0, 1, 0, 0, 0}}, "not a uint32"},
		"an address of five octets": {nl80211test.Message{Attributes: []byte{8, 0, 3, 0, 1, 0, 0, 0, 9, 0, 6, 0, 1, 2, 3, 4, 5, 0, 0, 0}}, "no address"},
	} {
		k, err := nl80211test.Dial(func(nl80211test.Request) ([]nl80211test.Message, error) { return []nl80211test.Message{c.answer}, nil })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Interface(1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		k.Close()
	}
}

func TestMoreWiphysThanAnyMachineHasIsAnError(t *testing.T) {
	c, err := nl80211test.Dial(func(nl80211test.Request) ([]nl80211test.Message, error) {
		list := make([]nl80211test.Message, nl80211.MaxWiphys+1)
		for i := range list {
			list[i].Attributes = nl80211test.Encode(nl80211.Wiphy{Index: uint32(i)}, true)[0].Attributes
		}
		return list, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Wiphys(); err == nil {
		t.Error("no error")
	}
}

func TestNumbersAreTheKernels(t *testing.T) {
	for name, c := range map[string]struct{ got, want uint64 }{
		"monitor":            {uint64(nl80211.TypeMonitor), unix.NL80211_IFTYPE_MONITOR},
		"NAN":                {uint64(nl80211.TypeNAN), unix.NL80211_IFTYPE_NAN},
		"station":            {uint64(nl80211.TypeStation), unix.NL80211_IFTYPE_STATION},
		"P2P device":         {uint64(nl80211.TypeP2PDevice), unix.NL80211_IFTYPE_P2P_DEVICE},
		"bad FCS":            {uint64(nl80211.MonitorFCSFail), 1 << unix.NL80211_MNTR_FLAG_FCSFAIL},
		"bad PLCP":           {uint64(nl80211.MonitorPLCPFail), 1 << unix.NL80211_MNTR_FLAG_PLCPFAIL},
		"control":            {uint64(nl80211.MonitorControl), 1 << unix.NL80211_MNTR_FLAG_CONTROL},
		"other BSS":          {uint64(nl80211.MonitorOtherBSS), 1 << unix.NL80211_MNTR_FLAG_OTHER_BSS},
		"active":             {uint64(nl80211.MonitorActive), 1 << unix.NL80211_MNTR_FLAG_ACTIVE},
		"active feature":     {uint64(nl80211.FeatureActiveMonitor), unix.NL80211_FEATURE_ACTIVE_MONITOR},
		"cell base":          {uint64(nl80211.FeatureCellBaseHints), unix.NL80211_FEATURE_CELL_BASE_REG_HINTS},
		"low priority scan":  {uint64(nl80211.FeatureLowPriorityScan), unix.NL80211_FEATURE_LOW_PRIORITY_SCAN},
		"MAC on create":      {uint64(nl80211.FeatureMACOnCreate), unix.NL80211_FEATURE_MAC_ON_CREATE},
		"random MAC":         {uint64(nl80211.FeatureRandomScanMAC), unix.NL80211_FEATURE_SCAN_RANDOM_MAC_ADDR},
		"MU-MIMO sniffer":    {uint64(nl80211.ExtFeatureMUMIMOSniffer), unix.NL80211_EXT_FEATURE_MU_MIMO_AIR_SNIFFER},
		"scan dwell":         {uint64(nl80211.ExtFeatureSetScanDwell), unix.NL80211_EXT_FEATURE_SET_SCAN_DWELL},
		"DFS offload":        {uint64(nl80211.ExtFeatureDFSOffload), unix.NL80211_EXT_FEATURE_DFS_OFFLOAD},
		"scan in kHz":        {uint64(nl80211.ExtFeatureScanFreqKHz), unix.NL80211_EXT_FEATURE_SCAN_FREQ_KHZ},
		"radar background":   {uint64(nl80211.ExtFeatureRadarBackground), unix.NL80211_EXT_FEATURE_RADAR_BACKGROUND},
		"20 MHz":             {uint64(nl80211.Width20), unix.NL80211_CHAN_WIDTH_20},
		"80 MHz":             {uint64(nl80211.Width80), unix.NL80211_CHAN_WIDTH_80},
		"80+80 MHz":          {uint64(nl80211.Width80Plus), unix.NL80211_CHAN_WIDTH_80P80},
		"160 MHz":            {uint64(nl80211.Width160), unix.NL80211_CHAN_WIDTH_160},
		"5 MHz":              {uint64(nl80211.Width5), unix.NL80211_CHAN_WIDTH_5},
		"16 MHz":             {uint64(nl80211.Width16), unix.NL80211_CHAN_WIDTH_16},
		"320 MHz":            {uint64(nl80211.Width320), unix.NL80211_CHAN_WIDTH_320},
		"radar was heard":    {uint64(nl80211.DFSUnavailable), unix.NL80211_DFS_UNAVAILABLE},
		"FCC":                {uint64(nl80211.DFSFCC), unix.NL80211_DFS_FCC},
		"Japan":              {uint64(nl80211.DFSJapan), unix.NL80211_DFS_JP},
		"rule: DFS":          {uint64(nl80211.RuleDFS), unix.NL80211_RRF_DFS},
		"rule: no IR":        {uint64(nl80211.RuleNoIR), unix.NL80211_RRF_NO_IR},
		"rule: no OFDM":      {uint64(nl80211.RuleNoOFDM), unix.NL80211_RRF_NO_OFDM},
		"rule: no indoor":    {uint64(nl80211.RuleNoIndoor), unix.NL80211_RRF_NO_INDOOR},
		"rule: no outdoor":   {uint64(nl80211.RuleNoOutdoor), unix.NL80211_RRF_NO_OUTDOOR},
		"rule: auto width":   {uint64(nl80211.RuleAutoBW), unix.NL80211_RRF_AUTO_BW},
		"rule: no 80 MHz":    {uint64(nl80211.RuleNo80MHz), unix.NL80211_RRF_NO_80MHZ},
		"rule: no 160 MHz":   {uint64(nl80211.RuleNo160MHz), unix.NL80211_RRF_NO_160MHZ},
		"rule: no 320 MHz":   {uint64(nl80211.RuleNo320MHz), unix.NL80211_RRF_NO_320MHZ},
		"rule: no HE":        {uint64(nl80211.RuleNoHE), unix.NL80211_RRF_NO_HE},
		"rule: no EHT":       {uint64(nl80211.RuleNoEHT), unix.NL80211_RRF_NO_EHT},
		"by the kernel":      {uint64(nl80211.InitiatorCore), unix.NL80211_REGDOM_SET_BY_CORE},
		"by a program":       {uint64(nl80211.InitiatorUser), unix.NL80211_REGDOM_SET_BY_USER},
		"by a driver":        {uint64(nl80211.InitiatorDriver), unix.NL80211_REGDOM_SET_BY_DRIVER},
		"by an access point": {uint64(nl80211.InitiatorCountryIE), unix.NL80211_REGDOM_SET_BY_COUNTRY_IE},
		"GET_WIPHY":          {uint64(nl80211.CommandGetWiphy), unix.NL80211_CMD_GET_WIPHY},
		"SET_WIPHY":          {uint64(nl80211.CommandSetWiphy), unix.NL80211_CMD_SET_WIPHY},
		"NEW_WIPHY":          {uint64(nl80211.CommandNewWiphy), unix.NL80211_CMD_NEW_WIPHY},
		"DEL_WIPHY":          {uint64(nl80211.CommandDelWiphy), unix.NL80211_CMD_DEL_WIPHY},
		"GET_INTERFACE":      {uint64(nl80211.CommandGetInterface), unix.NL80211_CMD_GET_INTERFACE},
		"SET_INTERFACE":      {uint64(nl80211.CommandSetInterface), unix.NL80211_CMD_SET_INTERFACE},
		"NEW_INTERFACE":      {uint64(nl80211.CommandNewInterface), unix.NL80211_CMD_NEW_INTERFACE},
		"DEL_INTERFACE":      {uint64(nl80211.CommandDelInterface), unix.NL80211_CMD_DEL_INTERFACE},
		"REQ_SET_REG":        {uint64(nl80211.CommandRequestSetReg), unix.NL80211_CMD_REQ_SET_REG},
		"GET_REG":            {uint64(nl80211.CommandGetRegulatory), unix.NL80211_CMD_GET_REG},
		"REG_CHANGE":         {uint64(nl80211.CommandRegulatoryChange), unix.NL80211_CMD_REG_CHANGE},
		"WIPHY_REG_CHANGE":   {uint64(nl80211.CommandWiphyRegChange), unix.NL80211_CMD_WIPHY_REG_CHANGE},
		"SET_WIPHY_NETNS":    {uint64(nl80211.CommandSetWiphyNetns), unix.NL80211_CMD_SET_WIPHY_NETNS},
		"SET_CHANNEL":        {uint64(nl80211.CommandSetChannel), unix.NL80211_CMD_SET_CHANNEL},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, the kernel's is %d", name, c.got, c.want)
		}
	}
}
