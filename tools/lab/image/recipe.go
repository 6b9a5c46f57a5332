package image

// recipeRevision is part of an image's key: raise it when the code that makes an
// image changes what it makes. The tables below are part of the key by themselves.
const recipeRevision = 2

// Architecture is the guest's, as Debian names it.
const Architecture = "amd64"

// kernelPackage is resolved for the kernel; what it depends on by a name that
// starts with one of kernelPrefixes is the kernel, the rest of it is left alone.
const kernelPackage = "linux-image-amd64"

func kernelPrefixes() []string { return []string{"linux-base-", "linux-binary-", "linux-modules-"} }

// suites are searched for packages. The kernel comes from kernelSuite, the newest
// that trixie's tools are built against; all else from the others, newest first.
func suites() []suite {
	return []suite{
		{"trixie", mainArchive},
		{"trixie-updates", mainArchive},
		{"trixie-security", securityArchive},
		{kernelSuite, mainArchive},
	}
}

const kernelSuite = "trixie-backports"

// A suite is a folder of an archive's dists.
type suite struct{ name, archive string }

// The archives of Debian, by their usual folder on a mirror.
const (
	mainArchive     = "debian"
	securityArchive = "debian-security"
)

// tools are the packages of the guest, without what they depend on.
func tools() []string {
	return []string{
		// radios and networks
		"hostapd", "wpasupplicant", "iw", "iproute2", "wireless-regdb", "iputils-ping", "iperf3", "netcat-openbsd", "ethtool", "rfkill",
		// attacks
		"aircrack-ng", "mdk4", "hcxdumptool", "hcxtools", "bettercap", "reaver", "bully", "pixiewps",
		// seeing what happens
		"tcpdump", "procps", "kmod", "mount", "util-linux", "openssl", "dash", "busybox-static",
	}
}

// leftOut are packages that others depend on for a script, a desktop or a Python
// that no scenario uses. The resolver is told that they are there.
func leftOut() []string {
	return []string{
		"adduser", "base-passwd", "ca-certificates", "debconf", "debianutils", "dpkg", "hwloc", "ieee-data", "init-system-helpers", "iptables",
		"krb5-locales", "libpam-modules", "libpam-runtime", "login", "login.defs", "lsb-base", "mawk", "media-types", "net-tools", "netbase", "passwd",
		"perl-base", "python3", "python3-minimal", "readline-common", "sensible-utils", "systemd-standalone-sysusers",
		"sysvinit-utils", "tar", "tzdata", "ucf", "usbutils", "wget", "wireless-tools",
	}
}

// unwanted are folders of packages that a guest has no use for.
func unwanted() []string {
	return []string{
		"usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/info/", "usr/share/lintian/", "usr/share/bug/",
		"usr/share/bash-completion/", "usr/share/zsh/", "usr/share/i18n/", "usr/share/bettercap/ui/", "usr/share/initramfs-tools/",
		"usr/lib/x86_64-linux-gnu/gconv/", "usr/lib/systemd/", "usr/lib/dracut/", "etc/init.d/", "var/cache/", "var/lib/dpkg/",
	}
}

// bootModules find and mount the root, and reach the host.
func bootModules() []string {
	return []string{"virtio_pci", "virtio_blk", "squashfs", "overlay", "9pnet_virtio", "9p", "virtio_rng", "virtio_console"}
}

// rootModules are what a scenario may need. The ciphers are what mac80211 asks the
// kernel for by name.
func rootModules() []string {
	return []string{
		"mac80211_hwsim", "virtio_net", "veth", "bridge", "dummy", "tun", "8021q", "sch_netem", "nlmon",
		"af_packet_diag", "af_alg", "algif_hash", "algif_skcipher", "ccm", "cmac", "gcm", "ctr", "libarc4", "hci_vhci", "usbmon",
	}
}

// sometimesModules are modules of some kernels and inside, or gone from, others.
func sometimesModules() []string {
	return []string{"af_packet", "aesni-intel", "aes_generic", "ghash-generic", "ecb", "cbc", "michael_mic", "arc4"}
}

// applets are busybox's, for those commands that no package of the guest brings.
func applets() []string {
	return []string{
		"awk", "basename", "cat", "chmod", "chown", "cp", "cut", "date", "dd", "df", "dirname", "dmesg", "du", "echo", "env", "expr",
		"false", "find", "grep", "gunzip", "gzip", "head", "hexdump", "hostname", "id", "killall", "ln", "ls", "lsmod", "md5sum", "mkdir", "mkfifo",
		"mknod", "mktemp", "mv", "nproc", "od", "printf", "pwd", "readlink", "realpath", "rm", "rmdir", "sed", "seq", "sha256sum", "sleep", "sort",
		"stat", "stty", "sync", "tail", "tar", "tee", "test", "timeout", "touch", "tr", "true", "tty", "udhcpc", "uname", "uniq", "vi", "wc", "wget", "which",
		"xargs", "xxd", "yes", "zcat",
	}
}
