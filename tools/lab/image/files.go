package image

// rootFolders are mount points and what programs expect.
func rootFolders() []string {
	return []string{"proc", "sys", "dev", "run", "tmp", "lab", "root", "var/tmp", "var/lib", "var/log", "etc/netns", "mnt"}
}

// A rootFile is a file that packages' scripts would have made.
type rootFile struct{ name, text string }

func rootFiles() []rootFile {
	return []rootFile{
		{"etc/passwd", "root:x:0:0:root:/root:/bin/sh\ntcpdump:x:100:100::/nonexistent:/usr/sbin/nologin\npicket-tap:x:500:500::/var/lib/picket-tap:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
		{"etc/group", "root:x:0:\nnetdev:x:101:\ntcpdump:x:100:\npicket-tap:x:500:\nnogroup:x:65534:\n"},
		{"etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"},
		{"etc/hostname", "lab\n"},
		{"etc/resolv.conf", ""},
		{"etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\nprotocols: files\nservices: files\n"},
		{"etc/protocols", "ip 0 IP\nicmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\nipv6-icmp 58 IPv6-ICMP\n"},
		{"etc/os-release", "NAME=\"Picket laboratory\"\nID=picket-lab\n"},
	}
}

// alternatives are links that update-alternatives would have made.
func alternatives() []struct{ name, target string } {
	return []struct{ name, target string }{
		{"usr/bin/nc", "nc.openbsd"},
		{"usr/lib/firmware/regulatory.db", "regulatory.db-debian"},
		{"usr/lib/firmware/regulatory.db.p7s", "regulatory.db.p7s-debian"},
	}
}
