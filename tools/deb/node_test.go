package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"picket/shared/build/realpart"
)

func TestNodePackageHoldsWhatAServiceNeeds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the programs: not in the fast part")
	}
	realpart.Program(t, "dpkg-deb")
	p := pack{product: nodeProduct(), root: top, bin: t.TempDir(), version: "1.2.3", arch: runtime.GOARCH, date: date()}
	var err error
	if err = p.compile(t.Context(), top, "1.2.3", runtime.GOARCH, p.bin); err != nil {
		t.Fatal(err)
	}
	if p.licences, err = p.product.licences(t.Context(), top, runtime.GOARCH); err != nil {
		t.Fatal(err)
	}
	deb := write(t, p)
	listed := map[string]string{} // path: mode and owner
	for line := range strings.Lines(output(t, "dpkg-deb", "--contents", deb)) {
		fields := strings.Fields(line)
		listed[fields[5]] = fields[0] + " " + fields[1]
	}
	for path, want := range map[string]string{
		"./usr/bin/noded":   "-rwxr-xr-x root/root",
		"./usr/bin/nodectl": "-rwxr-xr-x root/root",
		"./usr/lib/systemd/system/picket-node.service":         "-rw-r--r-- root/root",
		"./etc/picket/node.conf":                               "-rw-r----- root/root", // it may hold a password
		"./usr/share/doc/picket-node/examples/haproxy.cfg":     "-rw-r--r-- root/root",
		"./usr/share/doc/picket-node/examples/haproxy-tls.cfg": "-rw-r--r-- root/root",
		"./usr/share/doc/picket-node/README.md":                "-rw-r--r-- root/root",
	} {
		if listed[path] != want {
			t.Errorf("%s: %q, want %q", path, listed[path], want)
		}
	}
	if got := output(t, "dpkg-deb", "--info", deb, "conffiles"); got != "/etc/picket/node.conf\n" {
		t.Errorf("conffiles %q", got)
	}
	if got := strings.TrimSpace(output(t, "dpkg-deb", "--field", deb, "Package")); got != "picket-node" {
		t.Errorf("package %q", got)
	}
	root := t.TempDir()
	output(t, "dpkg-deb", "--raw-extract", deb, root)
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		output(t, "sh", "-n", filepath.Join(root, "DEBIAN", script))
	}
	for _, program := range []string{"noded", "nodectl"} {
		if got := strings.TrimSpace(output(t, filepath.Join(root, "usr/bin", program), "--version")); got != program+" 1.2.3" {
			t.Errorf("%s --version: %q", program, got)
		}
	}
}
