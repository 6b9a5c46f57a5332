package nl80211test

import (
	"time"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// A Driver is a wiphy in the shape that a driver of Linux gives it.
type Driver struct {
	Name  string // "mt7921u"
	Wiphy nl80211.Wiphy

	// Old: of a kernel that knows no split dumps.
	Old bool
}

// Drivers returns all descriptions, of which each differs from the others in
// something that decides what a tap may do.
func Drivers() []Driver {
	return []Driver{
		{Name: "mt7921u", Wiphy: MT7921U()},
		{Name: "ath9k_htc", Wiphy: ATH9KHTC()},
		{Name: "iwlwifi", Wiphy: IWLWifi()},
		{Name: "brcmfmac", Wiphy: Brcmfmac()},
		{Name: "rtl88xxau", Wiphy: RTL88XXAU(), Old: true},
		{Name: "mac80211_hwsim", Wiphy: Hwsim()},
	}
}

// mac80211 are the commands that mac80211 serves for every driver that is made
// of it (nl80211.c v6.12, nl80211_send_wiphy, case 4): NEW_INTERFACE,
// SET_INTERFACE, NEW_KEY, START_AP, NEW_STATION, NEW_MPATH, SET_BSS, AUTHENTICATE,
// ASSOCIATE, DEAUTHENTICATE, DISASSOCIATE, REMAIN_ON_CHANNEL, SET_TX_BITRATE_MASK,
// FRAME, SET_WIPHY_NETNS, SET_CHANNEL, CONNECT, DISCONNECT.
func mac80211() nl80211.CommandSet {
	return nl80211.CommandsOf(nl80211.CommandNewInterface, nl80211.CommandSetInterface, 11, 15, 19, 23, 25,
		37, 38, 39, 40, 55, 57, 59, nl80211.CommandSetWiphyNetns, nl80211.CommandSetChannel, 46, 48)
}

// MT7921U is a USB adapter for 2.4, 5 and 6 GHz with 802.11ax (mt76). Any number
// of monitors can be added beside what it does.
func MT7921U() nl80211.Wiphy {
	stations := nl80211.TypesOf(nl80211.TypeStation)
	return nl80211.Wiphy{
		Name: "phy0", MAC: wlan.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, 0x21},
		Bands: []nl80211.Band{
			{Band: wlan.Band2GHz, Channels: channels2(13, 20), HT: ht(0x09ff), Types: he(stations, 0x02, 0)},
			{Band: wlan.Band5GHz, Channels: channels5(20), HT: ht(0x09ff), VHT: vht(0x339071b2), Types: he(stations, 0x04, 0)},
			{Band: wlan.Band6GHz, Channels: channels6(23, func(c *nl80211.Channel) { c.IndoorOnly = true }), Types: he(stations, 0x04, 0x38b6)},
		},
		InterfaceTypes: nl80211.TypesOf(nl80211.TypeStation, nl80211.TypeAP, nl80211.TypeMonitor, nl80211.TypeP2PClient, nl80211.TypeP2PGO, nl80211.TypeP2PDevice),
		SoftwareTypes:  nl80211.TypesOf(nl80211.TypeMonitor),
		Combinations: []nl80211.Combination{{
			Limits:   []nl80211.Limit{{Max: 4, Types: stations}, {Max: 1, Types: nl80211.TypesOf(nl80211.TypeAP)}},
			Max:      4,
			Channels: 1, BeaconIntervalsMatch: true,
		}},
		Commands:    mac80211(),
		Features:    nl80211.FeatureActiveMonitor | nl80211.FeatureRandomScanMAC | nl80211.FeatureMACOnCreate,
		ExtFeatures: nl80211.ExtFeatures{1<<nl80211.ExtFeatureMUMIMOSniffer | 1<<nl80211.ExtFeatureSetScanDwell},
		AntennasTX:  nl80211.Antennas{Available: 3, Configured: 3}, AntennasRX: nl80211.Antennas{Available: 3, Configured: 3},
		MaxScanSSIDs: 4,
	}
}

// ATH9KHTC is an AR9271: 2.4 GHz alone, one antenna.
func ATH9KHTC() nl80211.Wiphy {
	return nl80211.Wiphy{
		Name: "phy1", MAC: wlan.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, 0x09},
		Bands: []nl80211.Band{{Band: wlan.Band2GHz, Channels: channels2(14, 20), HT: ht(0x116e)}},
		InterfaceTypes: nl80211.TypesOf(nl80211.TypeAdHoc, nl80211.TypeStation, nl80211.TypeAP, nl80211.TypeAPVLAN, nl80211.TypeMonitor,
			nl80211.TypeMeshPoint, nl80211.TypeP2PClient, nl80211.TypeP2PGO, nl80211.TypeOCB),
		SoftwareTypes: nl80211.TypesOf(nl80211.TypeAPVLAN, nl80211.TypeMonitor),
		Combinations: []nl80211.Combination{{
			Limits: []nl80211.Limit{
				{Max: 2, Types: nl80211.TypesOf(nl80211.TypeStation, nl80211.TypeP2PClient)},
				{Max: 2, Types: nl80211.TypesOf(nl80211.TypeAP, nl80211.TypeMeshPoint, nl80211.TypeP2PGO)},
			},
			Max: 2, Channels: 1,
		}},
		Commands:   mac80211(),
		AntennasTX: nl80211.Antennas{Available: 1, Configured: 1}, AntennasRX: nl80211.Antennas{Available: 1, Configured: 1},
		MaxScanSSIDs: 4,
	}
}

// IWLWifi is a BE200, whose firmware decides the regulatory domain by itself: the
// country cannot be set, and much of 6 GHz is disabled but may be listened to.
func IWLWifi() nl80211.Wiphy {
	all := nl80211.TypesOf(nl80211.TypeStation, nl80211.TypeAP)
	return nl80211.Wiphy{
		Name: "phy2", MAC: wlan.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, 0xbe},
		MACs: []wlan.MAC{{0x00, 0x00, 0x5e, 0x00, 0x53, 0xbe}, {0x00, 0x00, 0x5e, 0x00, 0x53, 0xbf}},
		Bands: []nl80211.Band{
			{Band: wlan.Band2GHz, Channels: channels2(13, 22), HT: ht(0x19ef), Types: eht(he(all, 0x02, 0), 0)},
			{Band: wlan.Band5GHz, Channels: channels5(22), HT: ht(0x19ef), VHT: vht(0x039071f6), Types: eht(he(all, 0x0c, 0), 0)},
			{Band: wlan.Band6GHz, Channels: channels6(22, func(c *nl80211.Channel) {
				c.NoIR = true
				if c.Frequency > 6425 {
					c.Disabled, c.CanMonitor = true, c.Frequency <= 6525
				}
			}), Types: eht(he(all, 0x0c, 0x0eb6), 0x02)},
		},
		InterfaceTypes: nl80211.TypesOf(nl80211.TypeAdHoc, nl80211.TypeStation, nl80211.TypeAP, nl80211.TypeAPVLAN, nl80211.TypeMonitor,
			nl80211.TypeP2PClient, nl80211.TypeP2PGO, nl80211.TypeP2PDevice),
		SoftwareTypes: nl80211.TypesOf(nl80211.TypeAPVLAN, nl80211.TypeMonitor),
		Combinations: []nl80211.Combination{{
			Limits: []nl80211.Limit{
				{Max: 1, Types: nl80211.TypesOf(nl80211.TypeStation)},
				{Max: 1, Types: nl80211.TypesOf(nl80211.TypeAP, nl80211.TypeP2PClient, nl80211.TypeP2PGO)},
				{Max: 1, Types: nl80211.TypesOf(nl80211.TypeP2PDevice)},
			},
			Max: 3, Channels: 2,
		}},
		Commands:    mac80211(),
		Features:    nl80211.FeatureActiveMonitor | nl80211.FeatureRandomScanMAC,
		ExtFeatures: nl80211.ExtFeatures{1<<nl80211.ExtFeatureMUMIMOSniffer | 1<<nl80211.ExtFeatureScanFreqKHz},
		AntennasTX:  nl80211.Antennas{Available: 3, Configured: 3}, AntennasRX: nl80211.Antennas{Available: 3, Configured: 3},
		SelfManaged: true, MaxScanSSIDs: 20,
	}
}

// Brcmfmac is a Raspberry Pi's own radio. Its firmware runs all of 802.11: there
// are no monitor interfaces, and nothing that could make one.
func Brcmfmac() nl80211.Wiphy {
	return nl80211.Wiphy{
		Name: "phy3",
		Bands: []nl80211.Band{
			{Band: wlan.Band2GHz, Channels: channels2(13, 20), HT: ht(0x1022)},
			{Band: wlan.Band5GHz, Channels: channels5(20), HT: ht(0x1062), VHT: vht(0x00001020)},
		},
		InterfaceTypes: nl80211.TypesOf(nl80211.TypeAdHoc, nl80211.TypeStation, nl80211.TypeAP, nl80211.TypeP2PClient, nl80211.TypeP2PGO, nl80211.TypeP2PDevice),
		Combinations: []nl80211.Combination{{
			Limits: []nl80211.Limit{
				{Max: 1, Types: nl80211.TypesOf(nl80211.TypeStation)},
				{Max: 1, Types: nl80211.TypesOf(nl80211.TypeP2PDevice)},
				{Max: 1, Types: nl80211.TypesOf(nl80211.TypeP2PClient, nl80211.TypeP2PGO)},
			},
			Max: 3, Channels: 2,
		}},
		Commands:     nl80211.CommandsOf(nl80211.CommandNewInterface, nl80211.CommandSetInterface, 11, 15, 46, 48, 52, 53, 55, 59, nl80211.CommandSetChannel),
		Features:     nl80211.FeatureRandomScanMAC,
		MaxScanSSIDs: 10,
	}
}

// RTL88XXAU is the out-of-tree driver of many USB adapters: monitors are no
// software type and none can be added, so its one interface changes its type.
// Described as by a kernel without split dumps.
func RTL88XXAU() nl80211.Wiphy {
	return nl80211.Wiphy{
		Name: "phy4",
		Bands: []nl80211.Band{
			{Band: wlan.Band2GHz, Channels: plain(channels2(14, 30)), HT: ht(0x1963)},
			{Band: wlan.Band5GHz, Channels: plain(channels5(30)), HT: ht(0x1863), VHT: vht(0x03d001a2)},
		},
		InterfaceTypes: nl80211.TypesOf(nl80211.TypeAdHoc, nl80211.TypeStation, nl80211.TypeAP, nl80211.TypeMonitor),
		Commands:       nl80211.CommandsOf(nl80211.CommandSetInterface, 11, 15, 46, 48, 59, nl80211.CommandSetChannel),
		MaxScanSSIDs:   9,
	}
}

// Hwsim is mac80211_hwsim, the kernel's simulated radio, as it describes itself in
// the recorded trace of radio/nl80211/testdata, without its channels below 1 GHz.
func Hwsim() nl80211.Wiphy {
	stations := nl80211.TypesOf(nl80211.TypeStation, nl80211.TypeP2PClient)
	return nl80211.Wiphy{
		Name: "phy5", MAC: wlan.MAC{0x02, 0x00, 0x00, 0x00, 0x05, 0x00},
		MACs: []wlan.MAC{{0x02, 0x00, 0x00, 0x00, 0x05, 0x00}, {0x42, 0x00, 0x00, 0x00, 0x05, 0x00}},
		Bands: []nl80211.Band{
			{Band: wlan.Band2GHz, Channels: channels2(14, 20), HT: ht(0x13fe), Types: eht(he(stations, 0x02, 0), 0x7c)},
			{Band: wlan.Band5GHz, Channels: append(channels5(20), itsChannels()...), HT: ht(0x13fe), VHT: vht(0x038003fa), Types: eht(he(stations, 0x1c, 0), 0xfc)},
			{Band: wlan.Band6GHz, Channels: channels6(20, func(*nl80211.Channel) {}), Types: eht(he(stations, 0x1c, 0x3eff), 0xfe)},
		},
		InterfaceTypes: nl80211.TypesOf(nl80211.TypeAdHoc, nl80211.TypeStation, nl80211.TypeAP, nl80211.TypeAPVLAN, nl80211.TypeMonitor,
			nl80211.TypeMeshPoint, nl80211.TypeP2PClient, nl80211.TypeP2PGO, nl80211.TypeOCB),
		SoftwareTypes: nl80211.TypesOf(nl80211.TypeAPVLAN, nl80211.TypeMonitor),
		Combinations: []nl80211.Combination{{
			Limits: []nl80211.Limit{
				{Max: 1, Types: nl80211.TypesOf(nl80211.TypeAdHoc)},
				{Max: 2048, Types: nl80211.TypesOf(nl80211.TypeStation, nl80211.TypeP2PClient, nl80211.TypeAP, nl80211.TypeMeshPoint, nl80211.TypeP2PGO)},
			},
			Max: 2049, Channels: 1,
			RadarWidths: 1<<nl80211.Width20NoHT | 1<<nl80211.Width20 | 1<<nl80211.Width40 | 1<<nl80211.Width80 | 1<<nl80211.Width160 | 1<<nl80211.Width5 | 1<<nl80211.Width10,
		}},
		Commands:     mac80211(),
		Features:     nl80211.FeatureActiveMonitor | nl80211.FeatureRandomScanMAC | nl80211.FeatureMACOnCreate,
		ExtFeatures:  nl80211.ExtFeatures{1<<nl80211.ExtFeatureMUMIMOSniffer | 1<<nl80211.ExtFeatureRadarBackground},
		MaxScanSSIDs: 4,
	}
}

// itsChannels are two that are none of 20 MHz: of 5 and 10 MHz, for traffic.
func itsChannels() []nl80211.Channel {
	narrow := nl80211.No40MHzBelow | nl80211.No40MHzAbove | nl80211.No80MHz | nl80211.No160MHz
	return []nl80211.Channel{{Frequency: 5855, MaxPower: 13, Limits: narrow}, {Frequency: 5860, MaxPower: 13, Limits: narrow}}
}

// channels2 are the first n channels of 2.4 GHz. 12 and 13 may be listened to only
// until a country is known, 14 is Japan's.
func channels2(n int, power wlan.DBm) []nl80211.Channel {
	var list []nl80211.Channel
	for i := 1; i <= n; i++ {
		c := nl80211.Channel{
			Frequency: wlan.Channel{Band: wlan.Band2GHz, Number: uint8(i)}.Frequency(),
			MaxPower:  power, Limits: nl80211.No80MHz | nl80211.No160MHz,
		}
		switch {
		case i < 5:
			c.Limits |= nl80211.No40MHzBelow
		case i > 9:
			c.Limits |= nl80211.No40MHzAbove
		}
		c.NoIR = i == 12 || i == 13
		if i == 14 {
			c.Disabled = true
			c.Limits |= nl80211.No40MHzBelow
		}
		list = append(list, c)
	}
	return list
}

// channels5 are those that mt76 has too: 36 to 64, 100 to 144, 149 to 177.
func channels5(power wlan.DBm) []nl80211.Channel {
	var list []nl80211.Channel
	for _, r := range [][2]uint8{{36, 64}, {100, 144}, {149, 177}} {
		for n := r[0]; n <= r[1]; n += 4 {
			c := nl80211.Channel{Frequency: wlan.Channel{Band: wlan.Band5GHz, Number: n}.Frequency(), MaxPower: power}
			if n >= 52 && n <= 144 {
				c.Radar, c.NoIR, c.CAC = true, true, time.Minute
				if n >= 120 && n <= 128 {
					c.CAC = 10 * time.Minute // ETSI, weather radar
				}
			}
			if n > 165 {
				c.Disabled = true
			}
			if n == 165 {
				c.Limits = nl80211.No80MHz | nl80211.No160MHz
			}
			list = append(list, c)
		}
	}
	return list
}

// channels6 are the 59 channels 1 to 233, changed by change.
func channels6(power wlan.DBm, change func(*nl80211.Channel)) []nl80211.Channel {
	var list []nl80211.Channel
	for n := 1; n <= 233; n += 4 {
		c := nl80211.Channel{Frequency: wlan.Channel{Band: wlan.Band6GHz, Number: uint8(n)}.Frequency(), MaxPower: power}
		if n == 233 {
			c.Limits = nl80211.No80MHz | nl80211.No160MHz | nl80211.No320MHz
		}
		change(&c)
		list = append(list, c)
	}
	return list
}

// plain leaves out what an old kernel does not tell.
func plain(list []nl80211.Channel) []nl80211.Channel {
	for i := range list {
		list[i].Limits, list[i].CAC = 0, 0
	}
	return list
}

func ht(capabilities uint16) *nl80211.HT {
	return &nl80211.HT{Capabilities: capabilities, AMPDUFactor: 3, AMPDUDensity: 5, MCS: [16]byte{0xff, 0xff, 12: 1}}
}

func vht(capabilities uint32) *nl80211.VHT {
	return &nl80211.VHT{Capabilities: capabilities, MCS: [8]byte{0xfa, 0xff, 4: 0xfa, 5: 0xff}}
}

// he is for types, with octet 0 of the PHY capabilities, which says the widths.
func he(types nl80211.TypeSet, widths byte, capabilities6 uint16) []nl80211.TypeCapabilities {
	return []nl80211.TypeCapabilities{{
		Types: types, Capabilities6GHz: capabilities6,
		HE: &nl80211.HE{MAC: [6]byte{0x01, 0x00, 0x08}, PHY: [11]byte{widths, 0x20, 0xce, 0x92}, MCS: [12]byte{0xfa, 0xff, 0xfa, 0xff}},
	}}
}

// eht adds 802.11be to what he made.
func eht(types []nl80211.TypeCapabilities, widths byte) []nl80211.TypeCapabilities {
	for i := range types {
		types[i].EHT = &nl80211.EHT{MAC: [2]byte{0x03}, PHY: [9]byte{widths, 0x0a}, MCS: []byte{0x44, 0x44, 0x44}}
	}
	return types
}
