package embedded

import "golang.org/x/sys/unix"

// diskMB is the size of the file system that dir is on; 0: unknown.
func diskMB(dir string) int {
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) != nil || fs.Bsize <= 0 {
		return 0
	}
	return int(fs.Blocks * uint64(fs.Bsize) >> 20)
}
