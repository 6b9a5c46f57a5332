package monitor

import (
	"path"
)

// way is how a wiphy is brought into monitor mode.
type way uint8

const (
	beside way = iota + 1 // by another interface
	flip                  // by another type of the interface that is there
)

// quirk is what is known of a driver that does not do what it says.
type quirk struct {
	drivers []string // names in /sys, with * as in path.Match
	way     way      // that works; 0: what the driver announces
	never   bool     // it announces monitor mode and has none
	says    string   // what its owner should know: a clause, "which …"
	sources []string
}

// quirkOf returns what is known of a driver; the zero value for most.
func quirkOf(driver string) quirk {
	if driver == "" {
		return quirk{}
	}
	for _, q := range quirks() {
		for _, pattern := range q.drivers {
			if ok, err := path.Match(pattern, driver); err == nil && ok {
				return q
			}
		}
	}
	return quirk{}
}

// quirks is the table of drivers known to lie. The first that matches counts. A
// driver is here for what it does against nl80211's word; that an adapter hears
// worse than others is no lie. Sources are issue threads, in which people with the
// hardware say what they measured.
func quirks() []quirk {
	return []quirk{
		{
			// Realtek's own drivers, outside of the kernel. They announce that interfaces can
			// be added; adding one fails, yields an interface that hears nothing, or never
			// returns and takes the whole wireless stack with it.
			drivers: []string{
				"rtl8812au", "rtl8814au", "rtl8821au", "rtl88XXau", "8812au", "8814au", "8821au", "88XXau",
				"rtl88x2bu", "88x2bu", "rtl8822bu", "8822bu", "rtl8821cu", "8821cu", "rtl8723bu", "8723bu",
				"rtl8723bs", "r8723bs", "rtl8852*u", "8852*u", "rtl8188*u", "8188*u", "r8188eu", "rtl8192*u", "8192*u",
			},
			way:  flip,
			says: "which adds no second interface although it says so",
			sources: []string{
				"https://github.com/aircrack-ng/rtl8812au/issues/353",    // VIF not supported; EBUSY
				"https://github.com/astsam/rtl8812au/issues/11",          // added interface is not in monitor mode
				"https://github.com/morrownr/8814au/issues/80",           // adding one freezes nl80211
				"https://github.com/morrownr/8821cu-20210916/issues/151", // adding one never returns
				"https://github.com/morrownr/88x2bu-20210702/issues/13",  // added interface hears nothing
				"https://github.com/morrownr/88x2bu/issues/90",           // deleting and adding locks up the box
				"https://github.com/kismetwireless/kismet/issues/525",    // tells a wrong type afterwards
				"https://github.com/gnab/rtl8812au/issues/87",            // forks without monitor mode
				"https://github.com/aircrack-ng/rtl8812au/issues/28",     // FCS flag set wrongly
			},
		},
		{
			// An interface beside the station hears nothing since Linux 6.9 (no channel context for
			// it); on USB, since 6.17 nothing is heard after the first change of channel until
			// the sniffer is switched on again. Active monitor breaks the firmware: never asked for.
			drivers: []string{"mt7921u", "mt7921e", "mt7921s", "mt7922*"},
			way:     flip,
			says:    "which from Linux 6.17 on may hear nothing after a change of channel",
			sources: []string{
				"https://github.com/morrownr/mt76/issues/37",
				"https://github.com/morrownr/mt76/issues/18",
				"https://github.com/morrownr/mt76/pull/22",
				"https://github.com/openwrt/mt76/issues/839",
			},
		},
		{
			// Likewise the one channel context; its firmware also drops weak management frames.
			drivers: []string{"mt7925u", "mt7925e", "mt7927*"},
			way:     flip,
			says:    "which drops weak management frames in monitor mode",
			sources: []string{
				"https://github.com/morrownr/mt76/pull/76",
				"https://github.com/morrownr/mt76/pull/85",
			},
		},
		{
			// Since Linux 6.18.1 the interface of the driver itself hears nothing in monitor mode,
			// an added one does; before, it could stop after the first use until unplugged.
			drivers: []string{"rtl8xxxu"},
			way:     beside,
			says:    "which may stop hearing until it is unplugged",
			sources: []string{
				"https://github.com/morrownr/USB-WiFi/issues/682",
				"https://github.com/morrownr/USB-WiFi/issues/333",
			},
		},
		{
			// Stops after seconds to hours on one channel, sooner with many damaged frames; a
			// change of channel wakes it. After a warm start only a power cycle does.
			drivers: []string{"ath9k_htc"},
			says:    "which may stop hearing on a channel until it leaves it",
			sources: []string{
				"https://github.com/qca/open-ath9k-htc-firmware/issues/126",
				"https://github.com/qca/open-ath9k-htc-firmware/issues/1",
			},
		},
		{
			// Monitor mode is a feature of few firmwares, or of patched ones, which halt in busy air.
			drivers: []string{"brcmfmac*"},
			says:    "whose firmware rarely has monitor mode and halts in busy air",
			sources: []string{
				"https://github.com/seemoo-lab/nexmon/issues/280",
				"https://github.com/seemoo-lab/nexmon/issues/595",
				"https://github.com/kismetwireless/kismet/issues/378",
				"https://github.com/AsahiLinux/linux/issues/23",
			},
		},
		{
			// 6 GHz is opened by what the firmware hears of the country as a station, and stays
			// closed to a listener.
			drivers: []string{"iwlwifi"},
			says:    "which opens 6 GHz only where its firmware has learnt the country as a station",
			sources: []string{"https://github.com/morrownr/USB-WiFi/issues/426"},
		},
		{
			// Some firmwares deliver hardly anything to a monitor, or crash when it comes up.
			drivers: []string{"ath10k*", "ath11k*"},
			says:    "whose firmware may deliver little to a monitor",
			sources: []string{
				"https://github.com/kismetwireless/kismet/issues/308",
				"https://github.com/openwrt/openwrt/pull/11770",
			},
		},
		{
			// Under load, or after many changes between managed and monitor mode, nothing is
			// received any more; its station reports nothing.
			drivers: []string{"mt76x0u", "mt76x2u", "mt7601u"},
			says:    "which may stop hearing under load",
			sources: []string{"https://github.com/openwrt/mt76/issues/425"},
		},
		{
			// Crashes in monitor mode on channels of 80 MHz and wider; 20 MHz is what is used here.
			drivers: []string{"mt7915*", "mt7916*"},
			says:    "which crashes on wide channels in monitor mode; 20 MHz is used",
			sources: []string{"https://github.com/openwrt/mt76/issues/643"},
		},
		{
			// Frames of 2.4 GHz only were seen in monitor mode.
			drivers: []string{"rtw89_8852ce"},
			says:    "which may hear 2.4 GHz only in monitor mode",
			sources: []string{"https://github.com/lwfinger/rtw89/issues/336"},
		},
		{
			drivers: []string{"rtw_8814au", "rtw_8812au", "rtw_8821au", "rtw_8822bu"},
			says:    "which misses many frames in monitor mode",
			sources: []string{"https://github.com/lwfinger/rtw88/issues/444"},
		},
		{
			// The type can be set; capture is compiled out or not in the firmware.
			drivers: []string{"aic8800*", "aicwf_*"},
			never:   true,
			says:    "which only pretends to have monitor mode",
			sources: []string{
				"https://github.com/shenmintao/aic8800d80/issues/16",
				"https://github.com/radxa-pkg/aic8800/issues/39",
			},
		},
		{
			drivers: []string{"wcn36xx*"},
			never:   true,
			says:    "whose firmware has no monitor mode",
			sources: []string{"https://github.com/msm8916-mainline/linux/issues/326"},
		},
	}
}
