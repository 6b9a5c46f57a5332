package main

import "io/fs"

// product is what one package installs.
type product struct {
	name     string   // Debian's
	programs []string // packages of the commands
	conffile string   // that people edit
	sources  []source
}

// source is a file of the project and where it is installed.
type source struct {
	from, to string
	mode     fs.FileMode
	gzip     bool
}

// doc is where Debian wants copyright and changelog (policy 12.5, 12.7).
func (p product) doc() string { return "usr/share/doc/" + p.name + "/" }

func products() []product { return []product{tapProduct(), nodeProduct()} }

func tapProduct() product {
	const doc = "usr/share/doc/picket-tap/"
	return product{
		name: "picket-tap", programs: []string{"./appliance/cmd/tapd", "./tools/picket"}, conffile: "etc/picket/tap.conf",
		sources: []source{
			{"packaging/tap.conf", "etc/picket/tap.conf", 0o640, false}, // it will hold a token
			{"packaging/picket-tap.service", "usr/lib/systemd/system/picket-tap.service", 0o644, false},
			{"packaging/deb/configured", "usr/lib/picket-tap/configured", 0o755, false},
			{"packaging/deb/copyright", doc + "copyright", 0o644, false},
			{"packaging/deb/lintian-overrides", "usr/share/lintian/overrides/picket-tap", 0o644, false},
			{"packaging/tapd.8", "usr/share/man/man8/tapd.8.gz", 0o644, true},
			{"packaging/picket.1", "usr/share/man/man1/picket.1.gz", 0o644, true},
			{"CHANGELOG.md", doc + "CHANGELOG.md", 0o644, false},
			{"NOTICE", doc + "NOTICE", 0o644, false},
			{"docs/tap.md", doc + "README.md", 0o644, false},
			{"packaging/deb/control", controlPath, 0o644, false},
			{"packaging/deb/postinst", "DEBIAN/postinst", 0o755, false},
			{"packaging/deb/prerm", "DEBIAN/prerm", 0o755, false},
			{"packaging/deb/postrm", "DEBIAN/postrm", 0o755, false},
		},
	}
}

func nodeProduct() product {
	const doc = "usr/share/doc/picket-node/"
	return product{
		name: "picket-node", programs: []string{"./server/cmd/noded", "./server/cmd/nodectl"}, conffile: "etc/picket/node.conf",
		sources: []source{
			{"server/deploy/node.conf", "etc/picket/node.conf", 0o640, false}, // it may hold a password
			{"server/deploy/picket-node.service", "usr/lib/systemd/system/picket-node.service", 0o644, false},
			{"server/deploy/haproxy.cfg", doc + "examples/haproxy.cfg", 0o644, false},
			{"server/deploy/haproxy-tls.cfg", doc + "examples/haproxy-tls.cfg", 0o644, false},
			{"server/deploy/patroni.yml", doc + "examples/patroni.yml", 0o644, false},
			{"server/deploy/pgbouncer.ini", doc + "examples/pgbouncer.ini", 0o644, false},
			{"packaging/deb/copyright", doc + "copyright", 0o644, false},
			{"packaging/node/lintian-overrides", "usr/share/lintian/overrides/picket-node", 0o644, false},
			{"CHANGELOG.md", doc + "CHANGELOG.md", 0o644, false},
			{"NOTICE", doc + "NOTICE", 0o644, false},
			{"docs/growing.md", doc + "README.md", 0o644, false},
			{"packaging/node/control", controlPath, 0o644, false},
			{"packaging/node/postinst", "DEBIAN/postinst", 0o755, false},
			{"packaging/node/prerm", "DEBIAN/prerm", 0o755, false},
			{"packaging/node/postrm", "DEBIAN/postrm", 0o755, false},
		},
	}
}
