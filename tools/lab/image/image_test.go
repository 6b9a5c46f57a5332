package image

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestLockIsWrittenAsItIsRead(t *testing.T) {
	lock := Lock{
		{"iw", "6.9-1", "trixie", "debian", 106300, sum, "pool/main/i/iw/iw_6.9-1_amd64.deb"},
		{"openssl", "3.5.7-1~deb13u3", "trixie-security", "debian-security", 1508068, sum, "pool/updates/main/o/openssl/openssl_3.5.7-1~deb13u3_amd64.deb"},
	}
	var b bytes.Buffer
	if err := lock.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ParseLock(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lock, got); diff != "" {
		t.Error(diff)
	}
}

func TestLockThatNamesNoPackageIsRefused(t *testing.T) {
	const good = "iw 6.9-1 trixie debian 106300 " + sum + " pool/main/i/iw/iw_6.9-1_amd64.deb"
	for what, line := range map[string]string{
		"empty": "# nothing", "fields": good + " more", "size": strings.Replace(good, "106300", "-1", 1),
		"huge": strings.Replace(good, "106300", "99999999999", 1), "sum": strings.Replace(good, sum, sum[2:], 1),
		"archive": strings.Replace(good, " debian ", " example ", 1), "outside": strings.Replace(good, "pool/", "pool/../../", 1),
		"absolute": strings.Replace(good, "pool/", "/pool/", 1), "no package": strings.Replace(good, ".deb", ".txt", 1),
		"not a name": strings.Replace(good, "iw_6", "iw\x00_6", 1), "a query": strings.Replace(good, "iw_6", "iw?_6", 1),
	} {
		if _, err := ParseLock(strings.NewReader(line)); err == nil {
			t.Errorf("%s: %q is taken", what, line)
		}
	}
}

func FuzzParseLock(f *testing.F) {
	f.Add([]byte("iw 6.9-1 trixie debian 106300 " + sum + " pool/main/i/iw/iw_6.9-1_amd64.deb\n"))
	f.Add([]byte("# a\n\n x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		lock, err := ParseLock(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, p := range lock {
			if strings.ContainsAny(p.File(), "/\x00") || p.File() == ".." {
				t.Errorf("file %q", p.File())
			}
		}
	})
}

func TestMovesTellWhatDiffers(t *testing.T) {
	older := Lock{{Name: "a", Version: "1"}, {Name: "b", Version: "1"}, {Name: "c", Version: "1"}}
	newer := Lock{{Name: "b", Version: "2"}, {Name: "c", Version: "1"}, {Name: "d", Version: "1"}}
	want := []Move{{"a", "1", ""}, {"b", "1", "2"}, {"d", "", "1"}}
	if diff := cmp.Diff(want, older.Moves(newer)); diff != "" {
		t.Error(diff)
	}
}

func TestMirrorsComeFromTheMachine(t *testing.T) {
	for what, c := range map[string]struct {
		list string
		want map[string]string
	}{
		"both":          {"http://deb.example.org/debian/|Debian\nhttp://sec.example.org/debian-security/|Debian-Security\n", map[string]string{"debian": "http://deb.example.org/debian", "debian-security": "http://sec.example.org/debian-security"}},
		"never updated": {"http://deb.example.org/debian/|\n", map[string]string{"debian": "http://deb.example.org/debian", "debian-security": "http://deb.example.org/debian-security"}},
		"others first":  {"https://example.org/node|\nhttps://example.org/m/|Debian\n", map[string]string{"debian": "https://example.org/m", "debian-security": "https://example.org/m-security"}},
		"none":          {"http://archive.example.org/ubuntu/|Ubuntu\n", map[string]string{}},
	} {
		if diff := cmp.Diff(c.want, mirrorsIn([]byte(c.list))); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

func TestIndexIsRead(t *testing.T) {
	all := make(map[string]Package)
	text := "Package: iw\nVersion: 6.9-1\nFilename: pool/main/i/iw/iw_6.9-1_amd64.deb\nSize: 106300\nSHA256: " + sum + "\nDescription: tool\n continued: here\n\nPackage: iw\nVersion: 6.10-1\nSize: 1\n"
	if err := readIndex([]byte(text), suite{"trixie", mainArchive}, all); err != nil {
		t.Fatal(err)
	}
	want := Package{"iw", "6.9-1", "trixie", "debian", 106300, sum, "pool/main/i/iw/iw_6.9-1_amd64.deb"}
	if diff := cmp.Diff(want, all["iw 6.9-1"]); diff != "" || len(all) != 2 {
		t.Errorf("%d packages; %s", len(all), diff)
	}
}

// ar returns an ar archive of members in turn name, content.
func ar(members ...string) []byte {
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for i := 0; i < len(members); i += 2 {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", members[i], 0, 0, 0, "100644", len(members[i+1]))
		b.WriteString(members[i+1])
		if len(members[i+1])%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// tarOf returns a tar of files in turn name, content.
func tarOf(t *testing.T, files ...string) string {
	t.Helper()
	var b strings.Builder
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		h := &tar.Header{Name: files[i], Mode: 0o755, Size: int64(len(files[i+1])), Typeflag: tar.TypeReg}
		if strings.HasSuffix(files[i], "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPackagesAreMergedIntoOneRoot(t *testing.T) {
	dir := t.TempDir()
	debs := []string{filepath.Join(dir, "a.deb"), filepath.Join(dir, "b.deb")}
	write(t, debs[0], ar("debian-binary", "2.0\n", "control.tar", "odd", "data.tar", tarOf(t, "./", "", "./usr/", "", "./usr/bin/", "", "./usr/bin/one", "1", "./usr/share/doc/", "", "./usr/share/doc/one", "words")))
	write(t, debs[1], ar("debian-binary", "2.0\n", "data.tar", tarOf(t, "./bin/", "", "./bin/two", "2", "./usr/bin/one", "other", "./lib/x", "x")))
	modules := filepath.Join(dir, "modules")
	write(t, filepath.Join(modules, "usr/lib/modules/7/m.ko"), []byte("m"))

	var b bytes.Buffer
	if err := writeRoot(t.Context(), &b, debs, func() (string, error) { return modules, nil }); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	if err := eachEntry(&b, func(h *tar.Header, r io.Reader) error {
		if _, twice := got[h.Name]; twice {
			t.Errorf("%s is there twice", h.Name)
		}
		content, err := io.ReadAll(r)
		got[h.Name] = h.Linkname + string(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"bin": "usr/bin", "lib": "usr/lib", "usr/bin/one": "1", "usr/bin/two": "2", "usr/lib/x": "x", "usr/lib/modules/7/m.ko": "m", "usr/bin/sed": "busybox", "proc/": "",
	} {
		if content, ok := got[name]; !ok || content != want {
			t.Errorf("%s: %q (there: %v), want %q", name, content, ok, want)
		}
	}
	for name := range got {
		if strings.HasPrefix(name, "usr/share/doc") || strings.HasPrefix(name, "/") || strings.HasPrefix(name, ".") {
			t.Errorf("%s is in the root", name)
		}
	}
}

func TestWhatIsNoPackageIsRefused(t *testing.T) {
	for what, b := range map[string][]byte{
		"empty": nil, "magic": []byte("!<arch>?"), "no data": ar("debian-binary", "2.0\n"),
		"size": []byte("!<arch>\n" + strings.Repeat("x", 60)), "cut": ar("data.tar", "short")[:40],
		"no tar": ar("data.tar", strings.Repeat("x", 1024)), "unknown": ar("data.tar.lzma", "x"),
	} {
		path := filepath.Join(t.TempDir(), "x.deb")
		write(t, path, b)
		if err := readDeb(t.Context(), path, func(*tar.Header, io.Reader) error { return nil }); err == nil {
			t.Errorf("%s is read", what)
		}
	}
}

func TestDownloadWithOtherOctetsIsRefused(t *testing.T) {
	content := "a package"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "gone.deb") {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, content)
	}))
	t.Cleanup(server.Close)
	t.Setenv("PICKET_DEBIAN_MIRROR", server.URL)
	c := Cache{t.TempDir()}
	if err := os.MkdirAll(filepath.Join(c.Dir, "debs"), 0o755); err != nil {
		t.Fatal(err)
	}
	good := Package{Name: "a", Version: "1", Archive: mainArchive, Path: "pool/a.deb", Size: 9, SHA256: "8b5d1cdee1f4ac3d4bcb0f8de2f5b8c0a0f1d1a7f3b0d0f7f0f0f0f0f0f0f0f0"}
	if err := c.downloadOnce(t.Context(), server.URL+"/pool/a.deb", good); err == nil || !strings.Contains(err.Error(), "the lock says") {
		t.Errorf("other octets: %v", err)
	}
	if _, err := os.Stat(c.deb(good)); err == nil {
		t.Error("other octets are kept")
	}
	gone := good
	gone.Path = "pool/gone.deb"
	var e *GoneError
	if err := c.downloadOnce(t.Context(), server.URL+"/pool/gone.deb", gone); !errors.As(err, &e) {
		t.Errorf("gone: %v", err)
	}
}

func TestModulesComeAfterWhatTheyNeed(t *testing.T) {
	content := map[string][]byte{
		"kernel/net/mac80211.ko": module("depends=cfg80211,libarc4"), "kernel/net/cfg80211.ko": module("depends=rfkill"),
		"kernel/net/rfkill.ko": module("depends="), "kernel/lib/libarc4.ko": module("license=GPL"),
		"kernel/net/mac80211-hwsim.ko": module("depends=mac80211,built-in"),
	}
	s := &moduleSet{
		files: make(map[string]string), builtin: map[string]bool{"built_in": true}, chosen: make(map[string][]byte),
		read: func(file string) ([]byte, error) { return content[file], nil },
	}
	for file := range content {
		s.files[moduleName(file)] = file
	}
	if err := s.choose("mac80211_hwsim"); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range s.order {
		names = append(names, moduleName(file))
	}
	want := []string{"rfkill", "cfg80211", "libarc4", "mac80211", "mac80211_hwsim"}
	if !slices.Equal(names, want) {
		t.Errorf("order %v, want %v", names, want)
	}
	if err := s.choose("nothing"); !errors.Is(err, errNoModule) {
		t.Errorf("unknown module: %v", err)
	}
}

// module returns the least ELF file that has a section .modinfo.
func module(info string) []byte {
	const header, entry = 64, 64
	names := "\x00.modinfo\x00.shstrtab\x00"
	b := make([]byte, header)
	copy(b, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint16(b[16:], 1)  // ET_REL
	le.PutUint16(b[18:], 62) // EM_X86_64
	le.PutUint32(b[20:], 1)
	data := append([]byte(info+"\x00"), names...)
	le.PutUint64(b[40:], uint64(header+len(data)))
	le.PutUint16(b[52:], header)
	le.PutUint16(b[58:], entry)
	le.PutUint16(b[60:], 3)
	le.PutUint16(b[62:], 2)
	b = append(b, data...)
	section := func(name, kind, offset, size int) {
		s := make([]byte, entry)
		le.PutUint32(s, uint32(name))
		le.PutUint32(s[4:], uint32(kind))
		le.PutUint64(s[24:], uint64(offset))
		le.PutUint64(s[32:], uint64(size))
		b = append(b, s...)
	}
	section(0, 0, 0, 0)
	section(1, 1, header, len(info)+1)
	section(10, 3, header+len(info)+1, len(names))
	return b
}

func TestInitramfsIsACPIOArchive(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "mod/order"), []byte("a.ko\n"))
	write(t, filepath.Join(dir, "mod/a.ko"), []byte("abc"))
	write(t, filepath.Join(dir, "program"), []byte("init!"))
	b, err := Image{Dir: dir}.Initramfs(filepath.Join(dir, "program"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for len(b) > 0 {
		if string(b[:6]) != "070701" {
			t.Fatalf("no header: %q", b[:20])
		}
		var size, length int
		if _, err := fmt.Sscanf(string(b[54:62])+" "+string(b[94:102]), "%x %x", &size, &length); err != nil {
			t.Fatal(err)
		}
		name := string(b[110 : 110+length-1])
		names = append(names, name)
		at := (110 + length + 3) &^ 3
		if name == "init" && string(b[at:at+size]) != "init!" {
			t.Errorf("init is %q", b[at:at+size])
		}
		b = b[(at+size+3)&^3:]
	}
	want := []string{"dev", "proc", "sys", "mod", "ro", "rw", "new", "init", "mod/order", "mod/a.ko", "TRAILER!!!"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestReadingAPackageWaitsForItsDecompressor(t *testing.T) {
	xz, err := exec.LookPath("xz")
	if err != nil {
		t.Skip("xz is not installed")
	}
	cmd := exec.CommandContext(t.Context(), xz, "-c")
	cmd.Stdin = strings.NewReader(tarOf(t, "./a", "text"))
	packed, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.deb")
	write(t, path, ar("data.tar.xz", string(packed)))
	n := 0
	if err := readDeb(t.Context(), path, func(*tar.Header, io.Reader) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d entries: %v", n, err)
	}
	write(t, path, ar("data.tar.xz", string(packed[:len(packed)-8])))
	if err := readDeb(t.Context(), path, func(*tar.Header, io.Reader) error { return nil }); err == nil {
		t.Error("half a package is read")
	}
	stop := errors.New("enough")
	write(t, path, ar("data.tar.xz", string(packed)))
	if err := readDeb(t.Context(), path, func(*tar.Header, io.Reader) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want the caller's", err)
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, b, 0o644)); err != nil {
		t.Fatal(err)
	}
}
