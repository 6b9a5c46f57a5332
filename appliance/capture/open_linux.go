package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// OpenInterface captures from the interface called name, in the network namespace
// of the calling thread. The error wraps os.ErrNotExist without such an interface,
// unix.ENETDOWN while it is down, and os.ErrPermission without CAP_NET_RAW.
func OpenInterface(name string, opt LiveOptions) (*Ring, error) {
	// Protocol 0 receives nothing until bind: no frame passes unfiltered.
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if errors.Is(err, unix.EPERM) {
		err = fmt.Errorf("needs CAP_NET_RAW: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("capture %s: %w", name, err)
	}
	r := &Ring{name: name, socket: socket}
	r.poll[0] = unix.PollFd{Fd: int32(socket), Events: unix.POLLIN | unix.POLLERR}
	if err := r.setUp(opt); err != nil {
		if r.memory != nil {
			err = errors.Join(err, unix.Munmap(r.memory))
		}
		return nil, fmt.Errorf("capture %s: %w", name, errors.Join(err, unix.Close(socket)))
	}
	return r, nil
}

func (r *Ring) setUp(opt LiveOptions) error {
	index, err := interfaceIndex(r.socket, r.name)
	if err != nil {
		return err
	}
	if err := r.setLinkType(); err != nil {
		return err
	}
	if err := r.setFilter(opt); err != nil {
		return err
	}
	if err := r.setRing(opt); err != nil {
		return err
	}
	if opt.Promiscuous {
		member := unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC}
		if err := unix.SetsockoptPacketMreq(r.socket, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &member); err != nil {
			return fmt.Errorf("promiscuous mode: %w", err)
		}
	}
	var protocol [2]byte // wanted in network byte order
	binary.BigEndian.PutUint16(protocol[:], unix.ETH_P_ALL)
	address := &unix.SockaddrLinklayer{Protocol: binary.NativeEndian.Uint16(protocol[:]), Ifindex: index}
	if err := unix.Bind(r.socket, address); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	return nil
}

// setLinkType wants an interface that is up and of a kind that we know.
func (r *Ring) setLinkType() error {
	request, err := unix.NewIfreq(r.name)
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(r.socket, unix.SIOCGIFFLAGS, request); err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	if request.Uint16()&unix.IFF_UP == 0 {
		return unix.ENETDOWN
	}
	if err := unix.IoctlIfreq(r.socket, unix.SIOCGIFHWADDR, request); err != nil {
		return fmt.Errorf("read hardware type: %w", err)
	}
	hardware := request.Uint16() // ifr_hwaddr.sa_family
	linkType, known := linkTypeOf(hardware)
	if !known {
		return fmt.Errorf("hardware type %d (ARPHRD_) is none that we can read", hardware)
	}
	r.linkType = linkType
	return nil
}

func (r *Ring) setFilter(opt LiveOptions) error {
	filter := opt.Filter
	if filter == nil && opt.SnapLength > 0 {
		filter = []bpf.RawInstruction{{Op: unix.BPF_RET | unix.BPF_K, K: uint32(opt.SnapLength)}}
	}
	if filter == nil {
		return nil
	}
	program := make([]unix.SockFilter, len(filter))
	for i, f := range filter {
		program[i] = unix.SockFilter{Code: f.Op, Jt: f.Jt, Jf: f.Jf, K: f.K}
	}
	err := unix.SetsockoptSockFprog(r.socket, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
	if err != nil {
		return fmt.Errorf("attach filter of %d instructions: %w", len(program), err)
	}
	return nil
}

// setRing maps the memory. The reserve is room to put a VLAN tag back in place.
func (r *Ring) setRing(opt LiveOptions) error {
	for _, option := range []struct {
		name  string
		id    int
		value int
		want  bool
	}{
		{"version", unix.PACKET_VERSION, unix.TPACKET_V3, true},
		{"reserve", unix.PACKET_RESERVE, vlanTagOctets, true},
		{"timestamp", unix.PACKET_TIMESTAMP, unix.SOF_TIMESTAMPING_RAW_HARDWARE, opt.HardwareTime},
	} {
		if !option.want {
			continue
		}
		if err := unix.SetsockoptInt(r.socket, unix.SOL_PACKET, option.id, option.value); err != nil {
			return fmt.Errorf("set packet %s: %w", option.name, err)
		}
	}
	octets := opt.RingOctets
	if octets == 0 {
		octets = defaultRing
	}
	blocks := max(octets/blockOctets, 2)
	const frame = 2048 // only a granularity: blocks hold frames of any length
	err := unix.SetsockoptTpacketReq3(r.socket, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq3{
		Block_size:     blockOctets,
		Block_nr:       uint32(blocks),
		Frame_size:     frame,
		Frame_nr:       uint32(blocks * blockOctets / frame),
		Retire_blk_tov: uint32(blockTimeout / time.Millisecond),
	})
	if err != nil {
		return fmt.Errorf("ring of %d blocks: %w", blocks, err)
	}
	r.memory, err = unix.Mmap(r.socket, 0, blocks*blockOctets, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("map ring of %d blocks: %w", blocks, err)
	}
	return nil
}

// interfaceIndex returns an error that wraps os.ErrNotExist where there is none.
func interfaceIndex(socket int, name string) (int, error) {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return 0, fmt.Errorf("interface name: %w", err)
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFINDEX, request); err != nil {
		if errors.Is(err, unix.ENODEV) {
			return 0, fmt.Errorf("no such interface: %w", os.ErrNotExist)
		}
		return 0, fmt.Errorf("interface index: %w", err)
	}
	return int(request.Uint32()), nil
}
