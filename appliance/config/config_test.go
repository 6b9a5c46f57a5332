package config_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/config"
	"picket/shared/enrol"
)

func base() config.Config {
	return config.Config{State: "/var/lib/picket-tap", Spool: 256 << 20, Radios: []string{config.AllRadios}}
}

func TestParse(t *testing.T) {
	token := enrol.Token{CA: [32]byte{1}, Secret: [20]byte{2}}
	for _, tt := range []struct {
		name string
		args string
		file string // "" for none
		want func(*config.Config)
		err  string // part of it
	}{
		{name: "OK nothing", want: func(*config.Config) {}},
		{name: "OK all flags", args: "-node https://192.0.2.1:8443/ -node https://[2001:db8::1] -token " + token.Text() + " -state /tmp/x -name office -window 20s -capture eth0 -capture a.pcap -spool 8",
			want: func(c *config.Config) {
				*c = config.Config{Nodes: []string{"https://192.0.2.1:8443", "https://[2001:db8::1]"}, Token: &token, State: "/tmp/x", Name: "office",
					Window: 20 * time.Second, Captures: []string{"eth0", "a.pcap"}, Spool: 8 << 20}
			}},
		{name: "OK demonstration", args: "-demo a.pcap -demo b.pcap", want: func(c *config.Config) { c.Demos, c.Radios = []string{"a.pcap", "b.pcap"}, nil }},
		{name: "OK radios", args: "-radio phy0 -radio 00:00:5e:00:53:01 -capture eth0 -country DE", want: func(c *config.Config) {
			c.Radios, c.Captures, c.Country = []string{"phy0", "00:00:5e:00:53:01"}, []string{"eth0"}, "DE"
		}},
		{name: "OK all radios and one interface", args: "-radio all -capture eth0", want: func(c *config.Config) { c.Captures = []string{"eth0"} }},
		{name: "OK no radio", args: "-radio none", want: func(c *config.Config) { c.Radios = nil }},
		{name: "OK no radio beside a demonstration", args: "-radio none -demo a.pcap", want: func(c *config.Config) { c.Radios, c.Demos = nil, []string{"a.pcap"} }},
		{name: "bad radio", args: "-radio=", err: "radio"},
		{name: "bad radios", args: "-radio all -radio phy0", err: "stand alone"},
		{name: "bad radio beside a demonstration", args: "-radio phy0 -demo a.pcap", err: "exclude each other"},
		{name: "bad country", args: "-country Germany", err: `country: "Germany"`},
		{name: "bad country in lower case", args: "-country de", err: "capital"},
		{name: "OK version", args: "-version", want: func(c *config.Config) { *c = config.Config{Version: true} }},
		{name: "OK file", file: "# a tap\n\nnode = https://192.0.2.1 # the first\r\ncapture=eth0\ncapture = wlan0\nname = main office\n",
			want: func(c *config.Config) {
				c.Nodes, c.Captures, c.Name, c.Radios = []string{"https://192.0.2.1"}, []string{"eth0", "wlan0"}, "main office", nil
			}},
		{name: "OK flags override the file", args: "-capture eth1 -window 5s", file: "capture = eth0\nwindow = 10s\nname = office",
			want: func(c *config.Config) {
				c.Captures, c.Window, c.Name, c.Radios = []string{"eth1"}, 5*time.Second, "office", nil
			}},
		{name: "bad flag", args: "-nodes x", err: "-nodes"},
		{name: "bad argument", args: "eth0", err: "-capture eth0"},
		{name: "bad node", args: "-node 192.0.2.1:8443", err: `node: "192.0.2.1:8443"`},
		{name: "bad node without TLS", args: "-node http://192.0.2.1", err: "https://HOST:PORT"},
		{name: "bad node with password", args: "-node https://a:b@192.0.2.1", err: "node"},
		{name: "bad token", args: "-token picket1.AAAA", err: "token"},
		{name: "bad window", args: "-window 10", err: `window: "10"`},
		{name: "bad short window", args: "-window 500ms", err: "1s to 1m0s"},
		{name: "bad window that is no part of a minute", args: "-window 7s", err: "window"},
		{name: "bad spool", args: "-spool 3", err: `spool: "3" is not a number of MiB from 4 to 65536`},
		{name: "bad huge spool", args: "-spool 99999999999999999999", err: "spool"},
		{name: "bad state", args: "-state=", err: "state"},
		{name: "bad name", args: "-name " + strings.Repeat("x", 65), err: "name"},
		{name: "bad name with control characters", file: "name = a\tb", err: "name"},
		{name: "bad capture", args: "-capture=", err: "capture"},
		{name: "bad mixture", args: "-capture eth0 -demo a.pcap", err: "exclude each other"},
		{name: "bad line", file: "node", err: ":1:"},
		{name: "bad setting", file: "\nssid = x", err: `:2: there is no setting "ssid"`},
		{name: "bad setting twice", file: "name = a\nname = b", err: "twice"},
		{name: "bad setting in itself", file: "config = /etc/x", err: "config"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := strings.Fields(tt.args)
			if tt.file != "" {
				path := filepath.Join(t.TempDir(), "tap.conf")
				if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, "-config", path)
			}
			got, err := config.Parse(args, io.Discard)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := base()
			tt.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	var out strings.Builder
	if _, err := config.Parse([]string{"--help"}, &out); !errors.Is(err, config.ErrHelp) {
		t.Errorf("error %v", err)
	}
	for _, name := range []string{"node", "token", "name", "capture", "demo", "window", "state", "spool", "config", "version"} {
		if !strings.Contains(out.String(), "\n  -"+name+" ") {
			t.Errorf("help does not tell of -%s", name)
		}
	}
	for line := range strings.Lines(out.String()) {
		if len([]rune(line)) > 90 {
			t.Errorf("long line: %s", line)
		}
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := config.Parse([]string{"-config", filepath.Join(t.TempDir(), "none")}, io.Discard); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestTokenIsNotInErrors(t *testing.T) {
	token := enrol.Token{}.Text() + "zzzz"
	if _, err := config.Parse([]string{"-token", token}, io.Discard); err == nil || strings.Contains(err.Error(), token[20:40]) {
		t.Errorf("error %v", err)
	}
}
