package summary

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"
)

// shown is how many rows of a table a terminal gets.
const shown = 25

// Printable returns text that a stranger chose so that a terminal shows it and
// does nothing else: octets that are not printable UTF-8 are escaped.
func Printable(b []byte) string {
	s := string(b)
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !strconv.IsPrint(r) || r == '\\' }) < 0 {
		return s
	}
	q := strconv.QuoteToASCII(s)
	return q[1 : len(q)-1]
}

// Print writes the tables, each with its busiest rows; those without rows are
// left out.
func (s *Summary) Print(out io.Writer) {
	t := s.Tables()
	table(out, "Networks", []string{"SSID", "BSSID", "Channel", "Security", "PMF", "Signal", "Beacons", "Responses", "Frames", "Moves to"}, t.Networks,
		func(n *Network) []any {
			ssid := n.SSID
			if ssid == "" {
				ssid = "(hidden)"
			}
			return []any{ssid, n.BSSID, strings.Join(n.Channels, ", "), n.Security, n.PMF, power(n.SignalDBm), n.Beacons, n.Responses, n.Frames, strings.Join(n.SwitchTo, ", ")}
		})
	table(out, "Clients", []string{"Station", "With", "Signal", "Sent", "Received", "Asks for"}, t.Clients, func(c *Client) []any {
		return []any{c.Station, c.BSSID, power(c.SignalDBm), c.Sent, c.Received, strings.Join(c.Probes, ", ")}
	})
	table(out, "Disconnections", []string{"From", "To", "BSSID", "Kind", "Reason", "Frames"}, t.Disconnects, func(d *Disconnect) []any {
		reason := "encrypted"
		if d.Reason >= 0 {
			reason = strconv.Itoa(d.Reason)
		}
		return []any{d.From, d.To, d.BSSID, d.Kind, reason, d.Frames}
	})
	table(out, "Handshakes", []string{"Station", "BSSID", "Asked", "Let in", "Refused", "M1", "M2", "M3", "M4", "PMKIDs"}, t.Handshakes, func(h *Handshake) []any {
		return []any{h.Station, h.BSSID, h.AuthRequests + h.AssocRequests, h.AuthSuccesses + h.AssocSuccesses, h.AuthFailures + h.AssocFailures, h.M1, h.M2, h.M3, h.M4, h.PMKIDs}
	})
	table(out, "Channels", []string{"Channel", "Listened", "Frames", "Management", "Control", "Data", "Retries", "Bad FCS"}, t.Channels, func(c *Channel) []any {
		channel := c.Channel
		if channel == "" {
			channel = "(not known)"
		}
		return []any{channel, (time.Duration(c.ListenedMS) * time.Millisecond).String(), c.Frames, c.Management, c.Control, c.Data, c.Retries, c.BadFCS}
	})
	table(out, "Hosts", []string{"MAC", "Name", "Sent", "Received", "Addresses"}, t.Hosts, func(h *Host) []any {
		return []any{h.MAC, h.Name, h.Sent, h.Received, strings.Join(h.IPs, ", ")}
	})
	table(out, "DNS", []string{"Name", "Type", "Questions", "Answers", "Failures"}, t.DNS, func(q *Question) []any {
		return []any{q.Name, q.Type, q.Asked, q.Answered, q.Failed}
	})
	table(out, "Conversations", []string{"Protocol", "Client", "Server", "Port", "Packets", "Bytes"}, t.Flows, func(f *Flow) []any {
		return []any{f.Protocol, f.Client, f.Server, f.Port, f.Packets, f.Bytes}
	})
	for name, n := range t.Refused {
		fmt.Fprintf(out, "%s: the table was full for %d frames\n", name, n)
	}
}

func power(dBm *int) string {
	if dBm == nil {
		return ""
	}
	return strconv.Itoa(*dBm) + " dBm"
}

func table[V any](out io.Writer, title string, head []string, rows []*V, cells func(*V) []any) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(out, "%s (%d)\n", title, len(rows))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  "+strings.Join(head, "\t"))
	for _, r := range rows[:min(len(rows), shown)] {
		for i, c := range cells(r) {
			sep := "\t"
			if i == 0 {
				sep = "  "
			}
			fmt.Fprintf(w, "%s%v", sep, c)
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush() // to a terminal or a buffer
	if more := len(rows) - shown; more > 0 {
		fmt.Fprintf(out, "  … and %d more\n", more)
	}
	fmt.Fprintln(out)
}
