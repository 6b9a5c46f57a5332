// Package config is what an operator says to a tap, on the command line or in a
// file. Parse returns a Config that is complete and valid, or an error that names
// the setting, its value and what is allowed. No other package has defaults.
//
// A file has a setting a line, `name = value`, with the names of the flags; #
// starts a comment, and a setting that may be given several times stands on several
// lines:
//
//	# /etc/picket/tap.conf
//	node    = https://192.0.2.10:8443
//	token   = picket1.…
//	capture = eth0
//	capture = wlan0mon
//
// With -config, flags override the file's settings.
package config
