package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A Node is noded, running.
type Node struct {
	*Client

	config Config
	cmd    *exec.Cmd
	ended  chan struct{}
	err    error // of noded, read after ended
}

// A Config says where the node's parts are.
type Config struct {
	Programs string // folder of noded and nodectl
	Listen   string // HOST:PORT on this machine
	Dir      string // of its data and log; others than root may pass through to it
	Guest    string // HOST:PORT under which taps in the guest reach it: its certificate names that too
}

// startTime bounds the start of a node: its database is made first.
const startTime = 3 * time.Minute

// Start starts a node, makes its first administrator and signs in.
func Start(ctx context.Context, c Config) (*Node, error) {
	n := &Node{config: c, ended: make(chan struct{})}
	log, err := os.Create(n.logFile())
	if err != nil {
		return nil, err
	}
	defer log.Close()
	n.cmd = exec.Command(filepath.Join(c.Programs, "noded"), "serve", "-dev", "-data", n.data(), "-listen", c.Listen, "-url", "https://"+c.Listen+",https://"+c.Guest)
	n.cmd.Stderr = log
	n.cmd.SysProcAttr = ownGroup()
	stdout, err := n.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	line := make(chan string, 1)
	go func() {
		defer close(n.ended)
		in := bufio.NewReader(stdout)
		text, _ := in.ReadString('\n') // "" is told below
		line <- text
		n.err = n.cmd.Wait()
	}()
	if err := n.signIn(ctx, line); err != nil {
		return nil, errors.Join(fmt.Errorf("start a node: %w%s", err, n.lastWords()), n.Close())
	}
	return n, nil
}

func (n *Node) data() string { return filepath.Join(n.config.Dir, "node") }

func (n *Node) logFile() string { return filepath.Join(n.config.Dir, "noded.log") }

// signIn waits for the line that noded prints when it is ready, and uses its link.
func (n *Node) signIn(ctx context.Context, line <-chan string) error {
	var text string
	select {
	case text = <-line:
	case <-time.After(startTime):
		return fmt.Errorf("not ready after %v", startTime)
	case <-ctx.Done():
		return ctx.Err()
	}
	var ready struct {
		URL        string `json:"url"`
		FirstLogin string `json:"first_login"`
	}
	if err := json.Unmarshal([]byte(text), &ready); err != nil {
		return fmt.Errorf("it said %q", text)
	}
	_, token, ok := strings.Cut(ready.FirstLogin, "#token=")
	if !ok {
		return fmt.Errorf("first login %q has no token", ready.FirstLogin)
	}
	client, err := newClient("https://" + n.config.Listen)
	if err != nil {
		return err
	}
	n.Client = client
	return client.post(ctx, "/session/first-login", map[string]string{"token": token, "name": "lab", "password": "correct horse battery"})
}

// Token makes an enrolment token for one tap.
func (n *Node) Token(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(n.config.Programs, "nodectl"), "-data", n.data(), "token", "-site", "main", "-uses", "1", "-expires", "1h")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("make an enrolment token: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	return strings.TrimSpace(string(out)), nil
}

// Close stops the node and its database.
func (n *Node) Close() error {
	if n.Client != nil {
		n.close()
	}
	_ = n.cmd.Process.Signal(syscall.SIGTERM) // an error: it has ended
	select {
	case <-n.ended:
		return n.err
	case <-time.After(30 * time.Second):
	}
	_ = syscall.Kill(-n.cmd.Process.Pid, syscall.SIGKILL)
	<-n.ended
	return errors.New("the node did not stop and was killed")
}

func (n *Node) lastWords() string {
	b, err := os.ReadFile(n.logFile())
	if err != nil || len(b) == 0 {
		return ""
	}
	return "\nits log ends:\n" + string(b[max(0, len(b)-2000):])
}

// FreeAddress returns an address of loopback on which nobody listens.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
