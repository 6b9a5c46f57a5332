package monitor

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a look at /proc, which may hold anything that a user starts.
const (
	maxProcesses = 4096
	maxFiles     = 1024 // descriptors of one process
	maxHolders   = 3    // named in a sentence
)

// managers are programs that bring Wi-Fi interfaces up by themselves to connect
// the box, by the name that /proc gives (15 octets).
func managers() []string {
	return []string{"NetworkManager", "wpa_supplicant", "iwd", "connmand", "dhcpcd", "wickedd"}
}

// listeners are programs that work on monitor interfaces, and hostapd.
func listeners() []string {
	return []string{
		"hostapd", "kismet", "kismet_server", "kismet_cap_linu", "airodump-ng", "aireplay-ng", "airbase-ng", "besside-ng",
		"hcxdumptool", "bettercap", "mdk4", "wifite", "tcpdump", "tshark", "dumpcap", "horst", "wavemon",
	}
}

// process is a program that runs in the network namespace of this one.
type process struct {
	pid     string
	comm    string
	command []string
}

// String is how a sentence names it: "hostapd (process 812)".
func (p process) String() string { return p.comm + " (process " + p.pid + ")" }

// processes lists those whose name is in names; nil: all.
func processes(files fs.FS, names []string) []process {
	entries, err := fs.ReadDir(files, "proc")
	if err != nil {
		return nil
	}
	own, _ := fs.ReadLink(files, "proc/self/ns/net")
	self := strconv.Itoa(os.Getpid())
	var found []process
	for _, e := range entries {
		if _, err := strconv.ParseUint(e.Name(), 10, 32); err != nil || e.Name() == self || len(found) == maxProcesses {
			continue
		}
		comm, err := fs.ReadFile(files, path.Join("proc", e.Name(), "comm"))
		if err != nil {
			continue
		}
		p := process{pid: e.Name(), comm: string(bytes.TrimSpace(comm))}
		if names != nil && !slices.Contains(names, p.comm) {
			continue
		}
		// A namespace that cannot be read (it needs ptrace rights) counts as ours.
		if ns, err := fs.ReadLink(files, path.Join("proc", p.pid, "ns/net")); err == nil && own != "" && ns != own {
			continue
		}
		if command, err := fs.ReadFile(files, path.Join("proc", p.pid, "cmdline")); err == nil {
			p.command = strings.Split(strings.TrimRight(string(command), "\x00"), "\x00")
		}
		found = append(found, p)
	}
	return found
}

// manager names a program that manages Wi-Fi here, empty for none.
func manager(files fs.FS) string {
	found := processes(files, managers())
	for _, name := range managers() { // the first of the list says most to a person
		if slices.ContainsFunc(found, func(p process) bool { return p.comm == name }) {
			return name
		}
	}
	return ""
}

// holders names the programs that hold an interface: those with a packet socket on
// it, for sure; otherwise those that are known to and whose command line names it.
func holders(files fs.FS, ifindex uint32, name string) []string {
	var names []string
	add := func(p process) {
		if s := p.String(); len(names) < maxHolders && !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	if sockets := packetSockets(files, ifindex); len(sockets) > 0 {
		for _, p := range processes(files, nil) {
			if owns(files, p.pid, sockets) {
				add(p)
			}
		}
	}
	for _, p := range processes(files, slices.Concat(managers(), listeners())) {
		if slices.ContainsFunc(p.command, func(arg string) bool { return arg == name || arg == "-i"+name || arg == "--interface="+name }) {
			add(p)
		}
	}
	return names
}

// packetSockets returns the inodes of packet sockets bound to an interface, from
// proc/net/packet (net/packet/af_packet.c, packet_seq_show).
func packetSockets(files fs.FS, ifindex uint32) map[string]bool {
	b, err := fs.ReadFile(files, "proc/net/packet")
	if err != nil {
		return nil
	}
	sockets := make(map[string]bool)
	want := strconv.FormatUint(uint64(ifindex), 10)
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) >= 9 && fields[4] == want {
			sockets["socket:["+fields[8]+"]"] = true
		}
	}
	return sockets
}

// owns reports whether a process has one of the sockets open.
func owns(files fs.FS, pid string, sockets map[string]bool) bool {
	dir := path.Join("proc", pid, "fd")
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return false
	}
	for _, e := range entries[:min(len(entries), maxFiles)] {
		if target, err := fs.ReadLink(files, path.Join(dir, e.Name())); err == nil && sockets[target] {
			return true
		}
	}
	return false
}
