package image

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The first file system: /init is the program given, /mod holds modules, and
// /mod/order their names, a line each, in the order of loading.
const (
	modulesFolder = "mod"
	modulesOrder  = "order"
)

// Initramfs returns the first file system, as the kernel unpacks it, with the
// program at init as its /init. It is not compressed: it is read from memory once,
// and decompressing under emulation takes longer than reading.
func (i Image) Initramfs(init string) ([]byte, error) {
	program, err := os.ReadFile(init)
	if err != nil {
		return nil, err
	}
	order, err := os.ReadFile(filepath.Join(i.Dir, modulesFolder, modulesOrder))
	if err != nil {
		return nil, err
	}
	var a archive
	for _, folder := range []string{"dev", "proc", "sys", modulesFolder, "ro", "rw", "new"} {
		a.add(folder, 0o040755, nil)
	}
	a.add("init", 0o100755, program)
	a.add(modulesFolder+"/"+modulesOrder, 0o100644, order)
	for _, name := range strings.Fields(string(order)) {
		b, err := os.ReadFile(filepath.Join(i.Dir, modulesFolder, name))
		if err != nil {
			return nil, err
		}
		a.add(modulesFolder+"/"+name, 0o100644, b)
	}
	a.add("TRAILER!!!", 0, nil)
	return a.buffer.Bytes(), nil
}

// An archive is a cpio archive in the "new ASCII" format, the only one that the
// kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst).
type archive struct {
	buffer bytes.Buffer
	inode  int
}

func (a *archive) add(name string, mode uint32, content []byte) {
	a.inode++
	links := 1
	if mode&0o040000 != 0 {
		links = 2
	}
	// magic, inode, mode, uid, gid, links, mtime, size, device (2), rdev (2),
	// length of the name with its zero, checksum
	fmt.Fprintf(&a.buffer, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		a.inode, mode, 0, 0, links, 0, len(content), 0, 0, 0, 0, len(name)+1, 0)
	a.buffer.WriteString(name + "\x00")
	a.pad()
	a.buffer.Write(content)
	a.pad()
}

// pad fills up to the next multiple of four octets.
func (a *archive) pad() {
	for a.buffer.Len()%4 != 0 {
		a.buffer.WriteByte(0)
	}
}
