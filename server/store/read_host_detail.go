package store

import (
	"bytes"
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/store/pack"
	"picket/shared/wire/wirepb"
)

// HostDetail is a host, what it asked for and whom it spoke with, in the last 24
// hours of the time range.
type HostDetail struct {
	Host
	Questions []Question
	Flows     []Flow
}

// Question is a name that a host asked for; counts are of the tap that heard most.
type Question struct {
	Name      []byte
	Type      int
	Questions int64
	NoError   int64
	NXDomain  int64 `db:"nx_domain"`
	ServFail  int64
	Refused   int64
	Other     int64
}

// Flow is a host's conversation with a peer; counts are of the tap that heard most.
type Flow struct {
	Protocol   int
	Peer       string
	ServerPort int
	Opened     bool // by the host
	Sent       int64
	Received   int64
	Packets    int64
}

const hostAddressesSQL = `
SELECT host(ip)
FROM host_address
WHERE tenant_id = @tenant::uuid
  AND mac = @mac::macaddr
  AND last_heard_at >= @from::timestamptz - interval '5 minutes'
  AND first_heard_at < @to
ORDER BY last_heard_at DESC, ip
LIMIT 64`

// hostTalk collects, by tap, what windows say of a host's addresses.
type hostTalk struct {
	addresses map[netip.Addr]bool
	questions map[talkKey[questionKey]]*Question
	flows     map[talkKey[flowKey]]*Flow
}

// talkKey is a key as one tap heard it.
type talkKey[K comparable] struct {
	tap uuid.UUID
	key K
}

type questionKey struct {
	name string
	kind uint32
}

type flowKey struct {
	protocol, port uint32
	peer           netip.Addr
	opened         bool
}

// maxTalk bounds what one page collects of what strangers choose.
const maxTalk = 20_000

func (h *hostTalk) add(w heardWindow) {
	d := w.report.GetDictionary()
	if t := w.report.GetDns(); t != nil {
		for i := range t.Client {
			if !h.addresses[ipOf(d, t.Client[i])] {
				continue
			}
			var name string
			if n := t.Name[i]; n > 0 {
				name = string(d.Names[n-1])
			}
			q := talkOf(h.questions, talkKey[questionKey]{w.tap, questionKey{name, t.Type[i]}})
			q.Name, q.Type = []byte(name), int(t.Type[i])
			q.Questions, q.NoError, q.NXDomain = q.Questions+int64(t.Questions[i]), q.NoError+int64(t.NoError[i]), q.NXDomain+int64(t.NxDomain[i])
			q.ServFail, q.Refused, q.Other = q.ServFail+int64(t.ServFail[i]), q.Refused+int64(t.Refused[i]), q.Other+int64(t.Other[i])
		}
	}
	if t := w.report.GetFlows(); t != nil {
		for i := range t.Protocol {
			client, server := ipOf(d, t.Client[i]), ipOf(d, t.Server[i])
			k := flowKey{protocol: t.Protocol[i], port: t.ServerPort[i], peer: client}
			sent, received := clamp(t.BytesReceived[i]), clamp(t.BytesSent[i])
			switch {
			case h.addresses[client]:
				k.peer, k.opened, sent, received = server, true, received, sent
			case !h.addresses[server]:
				continue
			}
			if !k.peer.IsValid() {
				continue
			}
			f := talkOf(h.flows, talkKey[flowKey]{w.tap, k})
			f.Protocol, f.Peer, f.ServerPort, f.Opened = int(k.protocol), k.peer.String(), int(k.port), k.opened
			f.Sent, f.Received = f.Sent+sent, f.Received+received
			f.Packets += int64(t.PacketsSent[i]) + int64(t.PacketsReceived[i])
		}
	}
}

// talkOf is m's for k; one that nobody keeps where there is no more room.
func talkOf[K comparable, V any](m map[K]*V, k K) *V {
	v := m[k]
	if v == nil {
		if v = new(V); len(m) < maxTalk {
			m[k] = v
		}
	}
	return v
}

// top returns what the tap that heard most says of each key, most first.
func top[K comparable, V any](m map[talkKey[K]]*V, size func(*V) int64, compare func(a, b V) int) []V {
	best := make(map[K]*V)
	for k, v := range m {
		if have := best[k.key]; have == nil || size(v) > size(have) {
			best[k.key] = v
		}
	}
	list := make([]V, 0, len(best))
	for _, v := range best {
		list = append(list, *v)
	}
	slices.SortFunc(list, func(a, b V) int { return cmp.Or(cmp.Compare(size(&b), size(&a)), compare(a, b)) })
	return list[:min(len(list), maxEvents)]
}

// talk reads whom a host's addresses spoke with, from the newest windows of the last
// day of the range as far as a page may open them.
func (v *view) talk(ctx context.Context, d *HostDetail, addresses []string) error {
	h := hostTalk{
		addresses: make(map[netip.Addr]bool), questions: make(map[talkKey[questionKey]]*Question), flows: make(map[talkKey[flowKey]]*Flow),
	}
	for _, a := range addresses {
		if ip, err := netip.ParseAddr(a); err == nil {
			h.addresses[ip.Unmap()] = true
		}
	}
	p := piece{"raw", v.span.rawFrom(), v.span.To}
	if err := v.eachWindow(ctx, pack.Wire, d.Taps, p, detailReading, h.add); err != nil {
		return err
	}
	d.Questions = top(h.questions, func(q *Question) int64 { return q.Questions }, func(a, b Question) int {
		return cmp.Or(bytes.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
	d.Flows = top(h.flows, func(f *Flow) int64 { return f.Sent + f.Received }, func(a, b Flow) int {
		return cmp.Or(strings.Compare(a.Peer, b.Peer), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.ServerPort, b.ServerPort))
	})
	return nil
}

// ipOf looks up an address that a decoded row points to; the zero Addr is none.
func ipOf(d *wirepb.Dictionary, index uint32) netip.Addr {
	i, four := int(index), len(d.GetIpv4())/4
	switch {
	case i >= 1 && i <= four:
		return netip.AddrFrom4([4]byte(d.GetIpv4()[4*(i-1):]))
	case i > four && 16*(i-four) <= len(d.GetIpv6()):
		return netip.AddrFrom16([16]byte(d.GetIpv6()[16*(i-four-1):])).Unmap()
	default:
		return netip.Addr{}
	}
}

// Host returns a host, or ErrNotFound where it was not heard in the time range.
func (r *Reader) Host(ctx context.Context, tenant, mac string, span Span) (d HostDetail, names Names, err error) {
	err = r.read(ctx, tenant, span, "host", func(v *view) error {
		names = v.taps
		list, err := v.hosts(ctx, mac, 1)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNotFound
		}
		d.Host = list[0]
		rows, err := v.Query(ctx, hostAddressesSQL, pgx.StrictNamedArgs{
			"tenant": tenant, "mac": mac, "from": span.From, "to": span.To,
		})
		if err != nil {
			return err
		}
		addresses, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(addresses) == 0 {
			return err
		}
		return v.talk(ctx, &d, addresses)
	})
	return d, names, err
}
