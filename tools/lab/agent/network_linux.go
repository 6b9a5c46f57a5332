package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"picket/tools/lab/protocol"
)

// namespaces are kept where "ip netns" keeps them.
const namespaceFolder = "/run/netns"

// network is namespaces and wired links. "ip" makes the changes: the laboratory's
// image has it, and it is what a person would type.
type network struct{}

func (n *network) register(s *server) {
	s.verbs[protocol.DoNamespaceAdd] = handle(n.add)
	s.verbs[protocol.DoNamespaceRemove] = handle(n.remove)
	s.verbs[protocol.DoNamespaces] = handle(n.list)
	s.verbs[protocol.DoVeth] = handle(n.veth)
	s.verbs[protocol.DoLink] = handle(n.set)
	s.verbs[protocol.DoLinkRemove] = handle(n.removeLink)
	s.verbs[protocol.DoLinks] = handle(n.links)
}

// inside calls do on a thread in a namespace; "" is our own. The thread is thrown
// away afterwards, so that nothing else ever runs in the wrong one.
func (n *network) inside(ctx context.Context, namespace string, do func() error) error {
	if namespace == "" {
		return do()
	}
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		done <- func() error {
			fd, err := unix.Open(namespaceFolder+"/"+namespace, unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				return fmt.Errorf("namespace %s: %w", namespace, err)
			}
			defer unix.Close(fd)
			if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("enter namespace %s: %w", namespace, err)
			}
			return do()
		}()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (n *network) add(ctx context.Context, a protocol.Named) (protocol.None, error) {
	if err := tool(ctx, "ip", "netns", "add", a.Name); err != nil {
		return protocol.None{}, err
	}
	err := tool(ctx, "ip", "-n", a.Name, "link", "set", "lo", "up")
	return protocol.None{}, err
}

// need makes a namespace that is not there.
func (n *network) need(ctx context.Context, name string) error {
	names, err := n.names()
	if err != nil || name == "" || slices.Contains(names, name) {
		return err
	}
	_, err = n.add(ctx, protocol.Named{Name: name})
	return err
}

// remove returns the wiphys of a namespace to ours (the kernel does the same, some
// time after the last process there has ended), and deletes it.
func (n *network) remove(ctx context.Context, a protocol.Named) (protocol.None, error) {
	names, err := n.wiphysIn(ctx, a.Name)
	if err != nil {
		return protocol.None{}, err
	}
	for _, name := range names {
		if err := moveWiphy(ctx, name, a.Name, ""); err != nil {
			return protocol.None{}, err
		}
	}
	err = tool(ctx, "ip", "netns", "del", a.Name)
	return protocol.None{}, err
}

func (n *network) names() ([]string, error) {
	entries, err := os.ReadDir(namespaceFolder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

func (n *network) list(context.Context, protocol.None) (protocol.Names, error) {
	names, err := n.names()
	return protocol.Names{Names: names}, err
}

func (n *network) reset(ctx context.Context) ([]string, error) {
	names, err := n.names()
	for _, name := range names {
		_, failed := n.remove(ctx, protocol.Named{Name: name})
		err = errors.Join(err, failed)
	}
	return names, err
}

func (n *network) veth(ctx context.Context, v protocol.Veth) (protocol.None, error) {
	argv := []string{"ip", "link", "add", "name", v.A.Interface}
	if v.A.Namespace != "" {
		argv = append(argv, "netns", v.A.Namespace)
	}
	argv = append(argv, "type", "veth", "peer", "name", v.B.Interface)
	if v.B.Namespace != "" {
		argv = append(argv, "netns", v.B.Namespace)
	}
	if err := tool(ctx, argv...); err != nil {
		return protocol.None{}, err
	}
	for _, end := range []protocol.VethEnd{v.A, v.B} {
		if _, err := n.set(ctx, protocol.Link{Namespace: end.Namespace, Interface: end.Interface, Up: true, Addresses: end.Addresses}); err != nil {
			return protocol.None{}, err
		}
	}
	return protocol.None{}, nil
}

// ip runs ip in a namespace.
func ip(ctx context.Context, namespace string, argv ...string) error {
	if namespace != "" {
		argv = append([]string{"-n", namespace}, argv...)
	}
	err := tool(ctx, append([]string{"ip"}, argv...)...)
	return err
}

func (n *network) set(ctx context.Context, l protocol.Link) (protocol.None, error) {
	at, name := l.Namespace, l.Interface
	var steps [][]string
	if l.Down {
		steps = append(steps, []string{"link", "set", "dev", name, "down"})
	}
	if l.Rename != "" {
		steps = append(steps, []string{"link", "set", "dev", name, "name", l.Rename})
		name = l.Rename
	}
	if l.Address != "" {
		steps = append(steps, []string{"link", "set", "dev", name, "address", l.Address})
	}
	if l.MTU > 0 {
		steps = append(steps, []string{"link", "set", "dev", name, "mtu", strconv.Itoa(l.MTU)})
	}
	for _, step := range steps {
		if err := ip(ctx, at, step...); err != nil {
			return protocol.None{}, err
		}
	}
	if l.MoveTo != "" {
		target, namespace := l.MoveTo, l.MoveTo
		if target == "." {
			target, namespace = strconv.Itoa(os.Getpid()), ""
		}
		if err := ip(ctx, at, "link", "set", "dev", name, "netns", target); err != nil {
			return protocol.None{}, err
		}
		at = namespace
	}
	if l.Up {
		if err := ip(ctx, at, "link", "set", "dev", name, "up"); err != nil {
			return protocol.None{}, err
		}
	}
	for _, address := range l.Addresses {
		err := ip(ctx, at, "address", "add", address, "dev", name)
		if c := (*codedError)(nil); err != nil && !(errors.As(err, &c) && c.code == protocol.Exists) {
			return protocol.None{}, err
		}
	}
	for _, route := range l.Routes {
		argv := []string{"route", "replace", route.To, "dev", name}
		if route.Via != "" {
			argv = append(argv, "via", route.Via)
		}
		if err := ip(ctx, at, argv...); err != nil {
			return protocol.None{}, err
		}
	}
	return protocol.None{}, nil
}

func (n *network) removeLink(ctx context.Context, i protocol.Interface) (protocol.None, error) {
	return protocol.None{}, ip(ctx, i.Namespace, "link", "del", "dev", i.Interface)
}

func (n *network) links(ctx context.Context, p protocol.Place) (protocol.Links, error) {
	var result protocol.Links
	err := n.inside(ctx, p.Namespace, func() error {
		all, err := net.Interfaces()
		if err != nil {
			return err
		}
		for _, i := range all {
			info := protocol.LinkInfo{Name: i.Name, Index: uint32(i.Index), Address: i.HardwareAddr.String(), Up: i.Flags&net.FlagUp != 0}
			addresses, err := i.Addrs()
			if err != nil {
				return err
			}
			for _, a := range addresses {
				info.Addresses = append(info.Addresses, a.String())
			}
			slices.Sort(info.Addresses)
			result.Links = append(result.Links, info)
		}
		return nil
	})
	return result, err
}
