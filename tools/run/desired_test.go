package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"picket/shared/build/realpart"
)

// TestTapFollowsWhatTheCentreWants plays a tap and a node that go and come back,
// with the programs that ship and nothing between them but HTTPS.
func TestTapFollowsWhatTheCentreWants(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a node with its database: not in the fast part")
	}
	w := newCentre(t)
	node := w.startNode()
	w.ctl("radio", "set", "-site", "main", "-country", "DE", "-window", "5s")
	token := w.ctl("token")

	tap := w.startTap("-token", token)
	w.awaitFollowed(tap)
	w.ctl("radio", "lock", "-tap", "probe", "-channel", "36", "-for", "1h")
	w.awaitFollowed(tap)
	shown := w.ctl("radio", "show", "-tap", "probe")
	if !strings.Contains(shown, "channel 36, 5180 MHz") || !regexp.MustCompile(`country +DE +site`).MatchString(shown) {
		t.Errorf("nodectl shows\n%s", shown)
	}
	tap.stop(t)

	// Without a node in reach the tap starts with what it was told.
	node.stop(t)
	tap = w.startTap()
	tap.await(t, `"msg":"following the desired state that was kept","revision":`+w.revision)
	tap.await(t, `"msg":"capturing".*"window":"5s"`)

	node = w.startNode()
	w.ctl("radio", "set", "-tap", "probe", "-country", "none", "-use", "no")
	w.awaitFollowed(tap)
	tap.stop(t)
	node.stop(t)
}

// centre is a node's and a tap's folders, and the programs.
type centre struct {
	t             *testing.T
	bin, dir      string
	data          string
	listen, input string
	revision      string // that was followed last
}

func newCentre(t *testing.T) *centre {
	t.Helper()
	if servers, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(servers) == 0 {
		realpart.Program(t, "postgres")
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // PostgreSQL runs as another user when this is root
		t.Fatal(err)
	}
	w := &centre{t: t, bin: t.TempDir(), dir: dir, data: filepath.Join(dir, "node"), listen: freeAddress(t), input: filepath.Join(dir, "air")}
	out, err := exec.Command("go", "build", "-o", w.bin+"/", "../../server/cmd/noded", "../../server/cmd/nodectl", "../../appliance/cmd/tapd").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	w.makeInput()
	return w
}

// makeInput makes a pipe from which a tap can capture without any privilege.
func (w *centre) makeInput() {
	w.t.Helper()
	if err := syscall.Mkfifo(w.input, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// speak sends what a tap that opens the pipe then hears, until it goes: a capture
// of 802.11 frames (LINKTYPE_IEEE802_11) with an acknowledgement each 100 ms.
func (w *centre) speak(ctx context.Context) error {
	pipe, err := os.OpenFile(w.input, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer pipe.Close()
	frame := []byte{0xd4, 0, 0, 0, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}
	var b bytes.Buffer
	write := func(values ...any) error {
		b.Reset()
		for _, v := range values {
			if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
				return err
			}
		}
		_, err := pipe.Write(b.Bytes())
		return err
	}
	err = write(uint32(0xa1b2c3d4), uint16(2), uint16(4), int32(0), uint32(0), uint32(65535), uint32(105))
	for err == nil && ctx.Err() == nil {
		now := time.Now()
		err = write(uint32(now.Unix()), uint32(now.Nanosecond()/1000), uint32(len(frame)), uint32(len(frame)), frame)
		time.Sleep(100 * time.Millisecond)
	}
	if errors.Is(err, syscall.EPIPE) { // the tap has ended
		return nil
	}
	return err
}

// program is one that runs.
type program struct {
	cmd   *exec.Cmd
	log   safeBuffer
	ended chan error
}

func (w *centre) start(name string, args ...string) *program {
	w.t.Helper()
	p := &program{cmd: exec.Command(filepath.Join(w.bin, name), args...), ended: make(chan error, 1)}
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // has ended already where all went well
	if name == "noded" {
		var ready struct{ URL string }
		line, err := bufio.NewReader(out).ReadBytes('\n')
		if err != nil || json.Unmarshal(line, &ready) != nil || ready.URL == "" {
			w.t.Fatalf("noded says %q, %v\n%s", line, err, p.log.String())
		}
	}
	go func() { p.ended <- p.cmd.Wait() }()
	return p
}

func (w *centre) startNode() *program {
	return w.start("noded", "serve", "-data", w.data, "-listen", w.listen, "-dev")
}

func (w *centre) startTap(args ...string) *program {
	spoken := make(chan error, 1)
	go func() { spoken <- w.speak(w.t.Context()) }()
	w.t.Cleanup(func() {
		// One whom no tap ever listened to still waits for a reader.
		if reader, err := os.OpenFile(w.input, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
			defer reader.Close()
		}
		if err := <-spoken; err != nil {
			w.t.Error(err)
		}
	})
	return w.start("tapd", append([]string{
		"-node", "https://" + w.listen, "-state", filepath.Join(w.dir, "tap"), "-name", "probe", "-capture", w.input, "-radio", "none",
	}, args...)...)
}

// stop ends a program as an operator does.
func (p *program) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("ended with %v\n%s", err, p.log.String())
		}
	case <-time.After(time.Minute):
		t.Fatalf("does not stop\n%s", p.log.String())
	}
}

// await waits until the log matches.
func (p *program) await(t *testing.T, pattern string) {
	t.Helper()
	what := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(office); !what.MatchString(p.log.String()); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s in\n%s", pattern, p.log.String())
		}
	}
}

// ctl runs nodectl and returns what it says.
func (w *centre) ctl(args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), filepath.Join(w.bin, "nodectl"), append([]string{"-data", w.data}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("nodectl %v: %v: %s", args, err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

// awaitFollowed waits until the tap says that it follows the newest revision,
// which must be another than the last time.
func (w *centre) awaitFollowed(tap *program) {
	w.t.Helper()
	line := regexp.MustCompile(`(?m)^revision +(\d+), of \S+; the tap follows revision (\d+)`)
	for deadline := time.Now().Add(office); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		cmd := exec.CommandContext(w.t.Context(), filepath.Join(w.bin, "nodectl"), "-data", w.data, "radio", "show", "-tap", "probe")
		out, err := cmd.Output() // fails while the tap has not enrolled
		if m := line.FindStringSubmatch(string(out)); err == nil && m != nil && m[1] == m[2] && m[1] != w.revision {
			w.revision = m[1]
			return
		}
	}
	w.t.Fatalf("the tap does not follow; its log says\n%s\nand nodectl\n%s", tap.log.String(), w.ctl("radio", "show", "-tap", "probe"))
}
