// Command init is the first program of a laboratory guest: /init of the first file
// system. It loads the modules of /mod/order, mounts the root (a squashfs on the
// first disk, under a file system in memory that takes what is written), the folder
// that the host shares at /lab, and what every Linux program expects; and becomes
// the program that lab.agent names on the kernel's command line.
//
// There is nothing to fall back to: on any error it says so on the console and
// powers the guest off, which the host sees at once.
package main
