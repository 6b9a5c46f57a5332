package pack_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	"picket/server/store/pack"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
	"picket/shared/wire/wiretest"
)

var update = flag.Bool("update", false, "write the golden files of this format, which must not exist")

func office(t testing.TB, o wiretest.Office) *wirepb.Report {
	t.Helper()
	r := o.Report()
	if err := wire.Validate(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// busy is a report with every table and column.
func busy(t testing.TB) *wirepb.Report {
	return office(t, wiretest.Office{BSSs: 60, Stations: 90, Hosts: 40, Seed: 7, StartUS: 1_760_000_000_000_000, Radio: true})
}

var families = map[string]pack.Family{"air": pack.Air, "wire": pack.Wire}

// meant is what a family's tables say, with what their numbers stand for in place of
// the numbers: two reports that mean the same are equal.
func meant(f pack.Family, r *wirepb.Report) *wirepb.Report {
	m := &wirepb.Report{}
	if f == pack.Air {
		m.Bss, m.Stations, m.Probes, m.Disconnects = r.Bss, r.Stations, r.Probes, r.Disconnects
		m.Handshakes, m.Channels, m.RemoteIds = r.Handshakes, r.Channels, r.RemoteIds
	} else {
		m.Hosts, m.Arp, m.Dhcp, m.Dns, m.Flows = r.Hosts, r.Arp, r.Dhcp, r.Dns, r.Flows
	}
	m = proto.Clone(m).(*wirepb.Report)
	withoutEmptyTables(m)
	d := r.GetDictionary()
	ips := len(d.GetIpv4()) / 4
	spell := func(cols [][]uint32, entry func(i int) []byte) {
		for _, col := range cols {
			for i, n := range col {
				if n > 0 {
					col[i] = number(entry(int(n) - 1))
				}
			}
		}
	}
	spell([][]uint32{
		m.GetBss().GetBssid(), m.GetStations().GetStation(), m.GetStations().GetBssid(), m.GetProbes().GetStation(),
		m.GetDisconnects().GetTransmitter(), m.GetDisconnects().GetReceiver(), m.GetDisconnects().GetBssid(),
		m.GetHandshakes().GetBssid(), m.GetHandshakes().GetStation(), m.GetRemoteIds().GetTransmitter(),
		m.GetHosts().GetMac(), m.GetArp().GetMac(), m.GetDhcp().GetClient(), m.GetDhcp().GetServerMac(),
	}, func(i int) []byte { return d.GetMacs()[6*i : 6*i+6] })
	spell([][]uint32{m.GetBss().GetSsid(), m.GetProbes().GetSsid()}, func(i int) []byte { return d.GetSsids()[i] })
	spell([][]uint32{m.GetBss().GetSecurity()}, func(i int) []byte {
		b, _ := proto.MarshalOptions{Deterministic: true}.Marshal(d.GetSecurities()[i])
		return b
	})
	spell([][]uint32{
		m.GetHosts().GetIp(), m.GetArp().GetIp(), m.GetDhcp().GetServer(), m.GetDhcp().GetAddress(), m.GetDns().GetClient(),
		m.GetDns().GetServer(), m.GetDns().GetAnswer(), m.GetFlows().GetClient(), m.GetFlows().GetServer(),
	}, func(i int) []byte {
		if i < ips {
			return d.GetIpv4()[4*i : 4*i+4]
		}
		return d.GetIpv6()[16*(i-ips) : 16*(i-ips)+16]
	})
	spell([][]uint32{m.GetDhcp().GetName(), m.GetDhcp().GetVendorClass(), m.GetDhcp().GetParameters(), m.GetDns().GetName()},
		func(i int) []byte { return d.GetNames()[i] })
	spell([][]uint32{m.GetChannels().GetCapture()}, func(i int) []byte { return []byte(r.GetHealth().GetCaptures()[i].GetName()) })
	return m
}

func withoutEmptyTables(r *wirepb.Report) {
	m := r.ProtoReflect()
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		rows := 0
		v.Message().Range(func(col protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			if col.IsList() {
				rows = max(rows, v.List().Len())
			}
			return true
		})
		if rows == 0 {
			m.Clear(fd)
		}
		return true
	})
}

// number is FNV-1a, in 32 bits, never 0.
func number(b []byte) uint32 {
	h := uint32(2166136261)
	for _, o := range b {
		h = (h ^ uint32(o)) * 16777619
	}
	return max(h, 1)
}

func checkRoundTrip(t *testing.T, f pack.Family, r *wirepb.Report) {
	t.Helper()
	before := proto.Clone(r)
	b := new(pack.Packer).Encode([]byte("before"), f, r)
	if !proto.Equal(before, r) {
		t.Error("encoding changed the report")
	}
	if f.Rows(r) == 0 {
		if string(b) != "before" {
			t.Error("a report without rows has a body")
		}
		return
	}
	if !bytes.HasPrefix(b, []byte("before")) {
		t.Fatal("what was there before is gone")
	}
	got, err := new(pack.Packer).Decode(f, pack.Format, b[len("before"):], r.Header)
	if err != nil {
		t.Fatal(err)
	}
	if want, got := meant(f, r), meant(f, got); !proto.Equal(want, got) { // which is faster than cmp
		t.Error(cmp.Diff(want, got, protocmp.Transform()))
	}
}

func TestDecodeReturnsWhatWasEncoded(t *testing.T) {
	for name, f := range families {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				checkRoundTrip(t, f, office(t, wiretest.Office{BSSs: int(seed) * 7, Stations: int(seed) * 11, Hosts: int(seed) * 5, Seed: seed, Radio: seed%2 == 0}))
			}
		})
	}
}

// Every column of every table has a value other than 0 in the report of the golden
// file, or else a column could be forgotten and no test would tell.
func TestBusyReportHasEveryColumn(t *testing.T) {
	r := busy(t)
	r.ProtoReflect().Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if fd.Kind() != protoreflect.MessageKind || fd.IsList() || fd.Number() < 10 {
			return true
		}
		table := v.Message()
		for i := range table.Descriptor().Fields().Len() {
			col := table.Descriptor().Fields().Get(i)
			name := string(fd.Name()) + "." + string(col.Name())
			if !col.IsList() {
				continue
			}
			list, some := table.Get(col).List(), false
			for j := range list.Len() {
				some = some || list.Get(j).Interface() != col.Default().Interface() || col.Kind() == protoreflect.BytesKind
			}
			if !some {
				t.Errorf("%s is all zero", name)
			}
		}
		return true
	})
}

// What the form cannot say in its short ways it says in long ones.
func TestUnusualValuesArePacked(t *testing.T) {
	change := map[string]func(r *wirepb.Report){
		"powers above 0 dBm":        func(r *wirepb.Report) { r.Bss.Signals.MaxDbm[3] = 12 },
		"counts that the bins lack": func(r *wirepb.Report) { r.Bss.Signals.Count[0] += 5 },
		"a power without frames": func(r *wirepb.Report) {
			s := r.Stations.Signals
			s.Count = append([]uint32{}, s.Count...)
			s.Count[0] = 0
		},
		"times to the millisecond": func(r *wirepb.Report) { r.Bss.Times.FirstMs[1] = 4711 },
		"spans beyond the window":  func(r *wirepb.Report) { r.Stations.Times.SpanMs[1] = 59_900 },
		"more frequencies than a list": func(r *wirepb.Report) {
			for i := range r.Bss.FrequencyMhz {
				r.Bss.FrequencyMhz[i] = uint32(2400 + 5*i)
			}
			for i := range r.Stations.FrequencyMhz {
				r.Stations.FrequencyMhz[i] = uint32(5000 + i)
			}
		},
		"noise above 0 dBm":         func(r *wirepb.Report) { r.Channels.NoiseSumDbm[2] = 40 },
		"octets without frames":     func(r *wirepb.Report) { r.Bss.Frames[0], r.Bss.Bytes[0] = 0, 1<<62 },
		"fewer frames than beacons": func(r *wirepb.Report) { r.Bss.Frames[0] = 0 },
		"a time stamp of 64 bits":   func(r *wirepb.Report) { r.Bss.TsfUs[0] = 1<<64 - 1 },
		"more protected than all":   func(r *wirepb.Report) { r.Stations.ProtectedFrames[0] = 1<<31 - 1 },
		"no country, and another":   func(r *wirepb.Report) { r.Bss.Country[0], r.Bss.Country[1] = nil, []byte("00") },
		"all values at their limits": func(r *wirepb.Report) {
			for i := range r.Bss.Beacons {
				r.Bss.Beacons[i], r.Bss.Retries[i] = 1<<31-1, uint32(i)<<25
			}
		},
	}
	for name, f := range change {
		t.Run(name, func(t *testing.T) {
			r := busy(t)
			f(r)
			if err := wire.Validate(r); err != nil {
				t.Fatal(err)
			}
			checkRoundTrip(t, pack.Air, r)
		})
	}
}

func TestOneRowIsPacked(t *testing.T) {
	checkRoundTrip(t, pack.Air, office(t, wiretest.Office{BSSs: 1, Seed: 3}))
	r := office(t, wiretest.Office{Hosts: 1, Seed: 3})
	checkRoundTrip(t, pack.Wire, r)
	r.Arp, r.Dhcp, r.Dns, r.Flows = nil, nil, nil, nil
	checkRoundTrip(t, pack.Wire, r)
}

// A form that was ever written is read for ever.
func TestStoredFormsAreReadForEver(t *testing.T) {
	r := busy(t)
	for name, f := range families {
		file := filepath.Join("testdata", "v1-"+name+".body")
		if *update {
			if _, err := os.Stat(file); err == nil {
				t.Fatalf("%s is of a format that is stored: make a new one", file)
			}
			if err := os.WriteFile(file, new(pack.Packer).Encode(nil, f, r), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := new(pack.Packer).Decode(f, 1, b, r.Header)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(meant(f, r), meant(f, got), protocmp.Transform()); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func TestDecodeRefusesWhatIsNoBody(t *testing.T) {
	r := busy(t)
	b := new(pack.Packer).Encode(nil, pack.Air, r)
	for name, body := range map[string][]byte{
		"nothing": nil, "half": b[:len(b)/2], "another family": new(pack.Packer).Encode(nil, pack.Wire, r), "a length of 2^63": bytes.Repeat([]byte{0xff}, 12),
	} {
		if _, err := new(pack.Packer).Decode(pack.Air, pack.Format, body, r.Header); !errors.Is(err, pack.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := new(pack.Packer).Decode(pack.Air, 99, b, r.Header); !errors.Is(err, pack.ErrMalformed) {
		t.Errorf("another format: %v", err)
	}
}

// FuzzDecode: nothing that a database could hold ends a node, and what is read can
// be written and read again.
func FuzzDecode(f *testing.F) {
	r := busy(f)
	for _, family := range families {
		f.Add(uint8(family), new(pack.Packer).Encode(nil, family, r))
	}
	f.Add(uint8(0), new(pack.Packer).Encode(nil, pack.Air, office(f, wiretest.Office{BSSs: 2, Stations: 1, Seed: 1})))
	f.Fuzz(func(t *testing.T, family uint8, body []byte) {
		of := pack.Family(family & 1)
		if len(body) > 16<<10 {
			return // larger ones are no other, and slow
		}
		got, err := new(pack.Packer).Decode(of, pack.Format, body, r.Header)
		if err != nil {
			return
		}
		checkRoundTrip(t, of, got)
	})
}
