package embedded

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the system user as whom PostgreSQL runs.
type account struct {
	uid, gid int
	switched bool // noded is root and PostgreSQL is not
}

// findAccount returns noded's own user, or where that is root the first of
// picket, postgres and nobody.
func findAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"picket", "postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return account{uid: uid, gid: gid, switched: true}, nil
		}
	}
	return account{}, fmt.Errorf("PostgreSQL does not run as root, and there is no user picket, postgres or nobody to run it as")
}

func (a account) sysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true} // Ctrl-C in a terminal is noded's to handle
	if a.switched {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// makeDir makes dir with mode 0700 for the account, or checks that it is so.
func (a account) makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err != nil && !os.IsExist(err) {
		return err
	}
	if err == nil && a.switched {
		if err := os.Lchown(dir, a.uid, a.gid); err != nil {
			return err
		}
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(stat.Uid) != a.uid || info.Mode().Perm() != 0o700 {
		return fmt.Errorf("%s exists and is not a directory of user %d with mode 0700", dir, a.uid)
	}
	return nil
}

// openWay lets the account pass through dir, which is noded's own, and reports
// the first directory above it that it cannot pass.
func (a account) openWay(dir string) error {
	if !a.switched {
		return nil
	}
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return err
		}
		if !a.mayPass(info) {
			if d != dir {
				return fmt.Errorf("user %d, as whom PostgreSQL runs, may not pass through %s: choose another data directory or chmod o+x it", a.uid, d)
			}
			if err := os.Chmod(d, info.Mode().Perm()|0o011); err != nil {
				return err
			}
		}
		if d == filepath.Dir(d) {
			return nil
		}
	}
}

func (a account) mayPass(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	mode := info.Mode().Perm()
	switch {
	case int(stat.Uid) == a.uid:
		return mode&0o100 != 0
	case int(stat.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}
