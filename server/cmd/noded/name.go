package main

import (
	"net"
	"net/url"
	"os"

	"picket/server/ca"
)

// reach says how a node is reached: the URLs to tell, best first, and the names
// that its certificate needs.
func reach(c config, listen net.Addr) (urls []string, names ca.Names) {
	host, port, err := net.SplitHostPort(listen.String())
	if err != nil {
		return c.urls, ca.NamesOf()
	}
	hosts := []string{host}
	machine, _ := os.Hostname() // empty where it has none
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		hosts = machineAddresses()
	}
	if asked, _, _ := net.SplitHostPort(c.listen); asked != "" && net.ParseIP(asked) == nil {
		hosts = append([]string{asked}, hosts...)
	}
	for _, h := range hosts {
		urls = append(urls, "https://"+net.JoinHostPort(h, port))
	}
	all := append([]string{"localhost", "127.0.0.1", "::1", machine}, hosts...)
	if len(c.urls) > 0 {
		urls = c.urls
		for _, u := range c.urls {
			if p, err := url.Parse(u); err == nil {
				all = append(all, p.Hostname())
			}
		}
	}
	return urls, ca.NamesOf(append(all, machineAddresses()...)...)
}

// machineAddresses returns those under which others may reach this machine, and
// loopback where there are none.
func machineAddresses() []string {
	addresses, err := net.InterfaceAddrs()
	var out []string
	for _, a := range addresses {
		n, ok := a.(*net.IPNet)
		if err == nil && ok && n.IP.IsGlobalUnicast() {
			out = append(out, n.IP.String())
		}
	}
	if len(out) == 0 {
		return []string{"127.0.0.1"}
	}
	return out
}
