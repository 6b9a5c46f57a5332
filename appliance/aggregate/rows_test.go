package aggregate_test

import (
	"fmt"
	"net/netip"
	"sort"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// rows is a table without dictionaries and order: what a reader knows in the end.
// A row is its non-zero fields as text; keys stand first.
type rows map[string]row

type row map[string]string

// definitions collects what the reports of a boot defined.
type definitions struct {
	elements     map[uint32]string
	fingerprints map[uint32]string
}

func newDefinitions() *definitions {
	return &definitions{make(map[uint32]string), map[uint32]string{0: ""}}
}

func (d *definitions) add(defs *wirepb.Definitions) {
	for _, e := range defs.GetElements() {
		d.elements[e.Index] = fmt.Sprintf("%d.%d.%08x", e.Id, e.IdExtension, e.VendorType)
		if !e.IsVolatile {
			d.elements[e.Index] += fmt.Sprintf("=%d:%x", e.Length, e.Content)
		}
	}
	for _, f := range defs.GetFingerprints() {
		list := make([]string, 0, len(f.Elements))
		for _, e := range f.Elements {
			list = append(list, d.elements[e])
		}
		d.fingerprints[f.Index] = fmt.Sprintf("%d %04x %s", f.Kind, f.Capabilities, strings.Join(list, " "))
	}
}

// kinds says what the columns are that are not plain numbers, and which make the
// key of a table.
var kinds = map[string]struct {
	keys    string
	columns map[string]string
}{
	"bss": {"bssid frequency_mhz ssid", map[string]string{
		"bssid": "mac", "ssid": "ssid", "security": "security", "beacon_fingerprint": "fingerprint", "response_fingerprint": "fingerprint",
	}},
	"stations": {"station bssid frequency_mhz", map[string]string{
		"station": "mac", "bssid": "mac", "probe_fingerprint": "fingerprint", "association_fingerprint": "fingerprint",
	}},
	"probes": {"station ssid", map[string]string{"station": "mac", "ssid": "ssid"}},
	"disconnects": {"transmitter receiver bssid frequency_mhz reason disassociation protected", map[string]string{
		"transmitter": "mac", "receiver": "mac", "bssid": "mac",
	}},
	"handshakes": {"bssid station", map[string]string{"bssid": "mac", "station": "mac"}},
	"channels":   {"frequency_mhz", nil},
	"hosts":      {"mac vlan ip", map[string]string{"mac": "mac", "ip": "ip"}},
	"arp":        {"mac ip", map[string]string{"mac": "mac", "ip": "ip"}},
	"dhcp": {"client server", map[string]string{
		"client": "mac", "server": "ip", "server_mac": "mac", "address": "ip", "name": "name", "vendor_class": "name", "parameters": "name",
	}},
	"dns":   {"client server name type", map[string]string{"client": "ip", "server": "ip", "name": "name", "answer": "ip"}},
	"flows": {"protocol client client_port server server_port", map[string]string{"client": "ip", "server": "ip"}},
}

// tables reads all tables of a report.
func tables(r *wirepb.Report, defs *definitions) map[string]rows {
	defs.add(r.GetDefinitions())
	all := make(map[string]rows)
	m := r.ProtoReflect()
	for name, k := range kinds {
		fd := m.Descriptor().Fields().ByName(protoreflect.Name(name))
		all[name] = make(rows)
		if !m.Has(fd) {
			continue
		}
		t := m.Get(fd).Message()
		keys := strings.Fields(k.keys)
		n := t.Get(t.Descriptor().Fields().ByName(protoreflect.Name(keys[0]))).List().Len()
		list := make([]row, n)
		for i := range list {
			list[i] = make(row)
		}
		fill(list, t, "", k.columns, r.GetDictionary(), defs)
		for _, x := range list {
			key := make([]string, 0, len(keys))
			for _, c := range keys {
				key = append(key, x[c])
			}
			all[name][strings.Join(key, " ")] = x
			for k, v := range x {
				if v == "" || v == "0" || v == "false" || v == "[]" || name == "channels" && k == "capture" {
					delete(x, k)
				}
			}
		}
	}
	return all
}

func fill(list []row, t protoreflect.Message, prefix string, columns map[string]string, d *wirepb.Dictionary, defs *definitions) {
	at := 0
	fields := t.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		name := prefix + string(fd.Name())
		switch {
		case !t.Has(fd):
		case fd.Message() != nil:
			fill(list, t.Get(fd).Message(), string(fd.Name())+".", columns, d, defs)
		case name == "signals.bins":
			counts := t.Get(fields.ByName("bin_count")).List()
			for j, x := range list {
				n := int(counts.Get(j).Uint())
				x[name] = fmt.Sprint(uints(t.Get(fd).List(), at, n))
				at += n
			}
		case fd.IsList():
			for j, x := range list {
				x[name] = text(t.Get(fd).List().Get(j).Interface(), columns[name], d, defs)
			}
		}
	}
}

func uints(l protoreflect.List, at, n int) []uint64 {
	var out []uint64
	for i := at; i < at+n; i++ {
		out = append(out, l.Get(i).Uint())
	}
	return out
}

func text(v any, kind string, d *wirepb.Dictionary, defs *definitions) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	index, ok := v.(uint32)
	if !ok || kind == "" {
		return fmt.Sprint(v)
	}
	if kind == "fingerprint" {
		return defs.fingerprints[index]
	}
	if index == 0 {
		return ""
	}
	i := int(index - 1)
	switch kind {
	case "mac":
		return wlan.MAC(d.Macs[6*i : 6*i+6]).String()
	case "ssid":
		return fmt.Sprintf("%q", d.Ssids[i])
	case "name":
		return fmt.Sprintf("%q", d.Names[i])
	case "security":
		s := d.Securities[i]
		return fmt.Sprintf("%x/%x/%x/%d/%v", s.Akms, s.Pairwise, s.Group, s.Pmf, s.Privacy)
	case "ip":
		if n := len(d.Ipv4) / 4; i >= n {
			i -= n
			return netip.AddrFrom16([16]byte(d.Ipv6[16*i : 16*i+16])).String()
		}
		return netip.AddrFrom4([4]byte(d.Ipv4[4*i : 4*i+4])).String()
	default:
		panic("no such kind of column: " + kind)
	}
}

// differences lists, at most limit, where got is not want.
func differences(want, got map[string]rows, limit int) []string {
	var d []string
	for name := range kinds {
		for key, w := range want[name] {
			g, ok := got[name][key]
			if !ok {
				d = append(d, fmt.Sprintf("%s: no row %s", name, key))
				continue
			}
			for field := range union(w, g) {
				if w[field] != g[field] {
					d = append(d, fmt.Sprintf("%s %s: %s is %q, want %q", name, key, field, g[field], w[field]))
				}
			}
		}
		for key := range got[name] {
			if _, ok := want[name][key]; !ok {
				d = append(d, fmt.Sprintf("%s: row %s too many", name, key))
			}
		}
	}
	sort.Strings(d)
	if len(d) > limit {
		d = append(d[:limit], fmt.Sprintf("… and %d more", len(d)-limit))
	}
	return d
}

func union(a, b row) map[string]struct{} {
	u := make(map[string]struct{})
	for k := range a {
		u[k] = struct{}{}
	}
	for k := range b {
		u[k] = struct{}{}
	}
	return u
}
