package count_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"picket/appliance/capture"
	"picket/shared/build/corpus"
	"picket/tools/picket/count"
)

// counts returns what the project counts in a file.
func counts(t *testing.T, path string) string {
	t.Helper()
	f, err := capture.OpenFile(path)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return ""
	}
	defer f.Close()
	var c count.Counter
	var p capture.Packet
	for {
		err := f.Next(&p)
		if err != nil {
			if err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Logf("%s: %v", path, err)
			}
			return c.String()
		}
		c.Add(uint16(p.LinkType), p.Data, p.Length)
	}
}

func parse(s string) map[string]string {
	m := make(map[string]string)
	for kv := range strings.SplitSeq(s, " ; ") {
		if k, v, ok := strings.Cut(kv, "="); ok {
			m[k] = v
		}
	}
	return m
}

var dot11Keys = strings.Fields(`packets mgmt ctrl data beacon probe_req probe_resp auth assoc_req assoc_resp
	reassoc_req reassoc_resp disassoc deauth action eapol_m1 eapol_m2 eapol_m3 eapol_m4 pmkid_m1 retry protected
	bssids ssids hidden_beacons clients probing_stas wps_bssids sae_bssids owe_bssids psk_bssids eap_bssids eht_bssids
	rid_frames sig_min sig_max`)

var etherKeys = strings.Fields(`packets arp_req arp_rep ipv4 ipv6 icmp icmpv6 tcp tcp_syn tcp_synack udp dns_q dns_r dhcp vlan`)

// difference names the keys in which want and got differ.
func difference(keys []string, want, got string) []string {
	w, g := parse(want), parse(got)
	var d []string
	for _, k := range keys {
		a, b := w[k], g[k]
		if a == "" {
			a = "0"
		}
		if b == "" {
			b = "0"
		}
		if a != b {
			d = append(d, k+"="+b+" want "+a)
		}
	}
	return d
}

// manifest returns the expected counts by file.
func manifest(t *testing.T, dir string) map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := make(map[string]string)
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		if col := strings.Split(sc.Text(), "\t"); len(col) >= 9 && col[0] != "file" {
			m[col[0]] = col[8]
		}
	}
	return m
}

func compare(t *testing.T, keys []string, files []string, exceptions map[string]string) {
	dir := corpus.Dir(t)
	want := manifest(t, dir)
	equal := 0
	for _, file := range files {
		d := difference(keys, want[file], counts(t, filepath.Join(dir, file)))
		why, excepted := exceptions[file]
		switch {
		case len(d) == 0 && excepted:
			t.Errorf("%s agrees, but is listed as an exception: %s", file, why)
		case len(d) == 0:
			equal++
		case excepted:
			t.Logf("exception: %s: %s: %s", file, strings.Join(d, ", "), why)
		default:
			t.Errorf("%s: %s", file, strings.Join(d, ", "))
		}
	}
	t.Logf("%d of %d files agree with tshark", equal, len(files))
	if limit := len(files) * 2 / 100; len(exceptions) > limit {
		t.Errorf("%d exceptions, at most %d", len(exceptions), limit)
	}
}

func TestDot11CountsAgreeWithTshark(t *testing.T) {
	dir := corpus.Dir(t)
	var files []string
	for file := range manifest(t, dir) {
		if strings.HasPrefix(file, "dot11/") {
			files = append(files, file)
		}
	}
	sort.Strings(files)
	compare(t, dot11Keys, files, dot11Exceptions)
}

func TestEthernetCountsAgreeWithTshark(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(corpus.Dir(t), "ethernet-plain.txt"))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, etherKeys, strings.Fields(string(b)), etherExceptions)
}

// Of files in tunnels, nested IP and link types that are not dissected yet, the
// packets agree all the same; how many agree in everything is said.
func TestOtherFilesCountTheSamePackets(t *testing.T) {
	dir := corpus.Dir(t)
	b, err := os.ReadFile(filepath.Join(dir, "ethernet-plain.txt"))
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.Fields(string(b))
	files, whole := 0, 0
	for file, want := range manifest(t, dir) {
		if !strings.HasPrefix(file, "ethernet/") || slices.Contains(plain, file) {
			continue
		}
		files++
		got := counts(t, filepath.Join(dir, file))
		if d := difference([]string{"packets"}, want, got); len(d) > 0 {
			t.Errorf("%s: %s", file, strings.Join(d, ", "))
		}
		if len(difference(etherKeys, want, got)) == 0 {
			whole++
		}
	}
	t.Logf("%d of the %d other files agree with tshark in every key", whole, files)
}

// The exceptions are files in which tshark, and not Picket, is beside the point
// of a key, or which need what the project does not dissect yet.
var (
	dot11Exceptions = map[string]string{}

	etherExceptions = map[string]string{
		"ethernet/PcapPlusPlus__SomeIpSd.pcapng": "tshark's heuristic takes SOME/IP service discovery on port 30490 for DNS answers with opcode 15",
		"ethernet/nDPI__ajp.pcap":                "12 of 38 frames are in Cisco FabricPath, a tunnel",
		"ethernet/wireshark__dns-ooo.pcap":       "the answer's segments are out of order: tshark reassembles none, Picket counts the one that starts with the message",
		"ethernet/zeek__ipv4__fragmented-1.pcap": "fragments that contradict each other: tshark counts one datagram, Picket each first fragment",
		"ethernet/zeek__ipv4__fragmented-3.pcap": "a datagram whose fragments never complete: Picket counts its first fragment's TCP header",
	}
)
