package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"picket/shared/desired"
	"picket/shared/wlan"
)

func parseYes(text string) (*bool, error) {
	if text != "yes" && text != "no" {
		return nil, fmt.Errorf("%q is none of yes, no and inherit", text)
	}
	yes := text == "yes"
	return &yes, nil
}

func countryOf(text string) *string {
	if text == none {
		text = ""
	}
	return &text
}

func parseShare(text string) (*desired.Share, error) {
	first, last, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(first)
	of, err2 := strconv.Atoi(last)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > of {
		return nil, fmt.Errorf("%q is not like 1/3, the first of three", text)
	}
	return &desired.Share{Index: i - 1, Of: of}, nil
}

func parseMilliseconds(text string) (*int, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > time.Hour {
		return nil, fmt.Errorf("%q is no time such as 30s", text)
	}
	ms := int(d.Milliseconds())
	return &ms, nil
}

// parseChannels reads channels with commas between them, or none.
func parseChannels(text string) ([]wlan.MHz, error) {
	list := []wlan.MHz{}
	if text == none {
		return list, nil
	}
	for item := range strings.SplitSeq(text, ",") {
		f, err := parseChannel(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// parseChannel reads 6, 36, 6:37 or 5180.
func parseChannel(text string) (wlan.MHz, error) {
	number, six := strings.CutPrefix(text, "6:")
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is no channel such as 6, 36, 6:37 or 5180", text)
	}
	f := wlan.MHz(n)
	if n < 256 {
		band := wlan.Band5GHz
		switch {
		case six:
			band = wlan.Band6GHz
		case n <= 14:
			band = wlan.Band2GHz
		}
		f = wlan.Channel{Band: band, Number: uint8(n)}.Frequency()
	}
	if six && n >= 256 || !desired.IsChannel(f) {
		return 0, fmt.Errorf("%q is no channel of 20 MHz in 2.4, 5 or 6 GHz (6:37 is channel 37 of 6 GHz)", text)
	}
	return f, nil
}

func channelText(f wlan.MHz) string {
	c, _ := f.Channel()
	return fmt.Sprintf("channel %s, %d MHz", c, f)
}
