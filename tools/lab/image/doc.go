// Package image makes what a laboratory guest boots from, out of Debian packages
// alone: a kernel, a root file system, and the modules of an initial one.
//
// # The lock
//
// Tools/lab/lab.lock names every package with version, suite, size and SHA-256,
// and its path below an archive's root; it names no host. Fetch takes packages
// from the mirror that the machine's own apt uses, or PICKET_DEBIAN_MIRROR, into
// a cache that outlives a clone of the repository, and refuses what does not have
// the locked sum. Versions that backports and security have replaced vanish from
// mirrors: the error then names the newest, and Resolve moves the lock. Resolve
// asks apt with a configuration of its own, so that signatures are checked, and
// the machine's set-up neither matters nor changes.
//
// # The root
//
// No package's script runs, and nothing is unpacked to disk: the data of all
// packages becomes one tar stream, less documentation and translations, with the
// few files that scripts would have made (files.go), and squashfs-tools' sqfstar
// makes the image of it. So it needs no root, no chroot and no network once the
// cache is filled, and the same lock gives the same root.
//
// # The kernel
//
// Vmlinuz, the modules that the first file system needs to find the root (kept
// apart, unpacked), and those that simulated radios need (in the root, with
// depmod's index). A module's dependencies are read from the module itself.
//
// Everything is kept under a key made of the lock and the recipe, and made again
// only when that changes. Programs of ours are in none of it: the guest takes
// them from a folder that it shares with the host.
package image
