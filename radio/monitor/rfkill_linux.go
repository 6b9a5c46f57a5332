package monitor

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// The character device of rfkill, and what is read from and written to it: struct
// rfkill_event of include/uapi/linux/rfkill.h v6.12: index, type, operation, soft,
// hard.
const (
	rfkillPath      = "/dev/rfkill"
	rfkillEventSize = 8
	rfkillChange    = 2 // RFKILL_OP_CHANGE
)

// rfkill is the machine's switches of radios.
type rfkill struct{}

// SetBlocked blocks or unblocks one radio. It needs the right to write to the device.
func (rfkill) SetBlocked(index uint32, blocked bool) error {
	event := make([]byte, rfkillEventSize)
	binary.NativeEndian.PutUint32(event, index)
	event[5] = rfkillChange
	if blocked {
		event[6] = 1
	}
	device, err := os.OpenFile(rfkillPath, os.O_WRONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("rfkill %d: %w", index, err)
	}
	defer device.Close()
	if _, err := device.Write(event); err != nil {
		return fmt.Errorf("rfkill %d: %w", index, err)
	}
	return nil
}

// watchSwitches calls changed whenever a switch changes. Where the device cannot
// be read nothing is told, and the Keeper sees it when it looks by itself.
func watchSwitches(ctx context.Context, changed func()) error {
	device, err := os.OpenFile(rfkillPath, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		<-ctx.Done()
		return nil
	}
	stop := context.AfterFunc(ctx, func() { device.Close() })
	defer func() {
		if stop() {
			device.Close()
		}
	}()
	event := make([]byte, 4*rfkillEventSize) // later kernels tell more of each
	for {
		if _, err := device.Read(event); err != nil {
			<-ctx.Done()
			return nil
		}
		changed()
	}
}
