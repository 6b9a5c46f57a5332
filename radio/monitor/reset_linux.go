package monitor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// sysfs resets devices through /sys, which takes root.
type sysfs struct{}

// settleReset is how long a device is left without its driver.
const settleReset = 500 * time.Millisecond

// Reset does to a wiphy's device what unplugging it does, as far as a program can:
// on USB it is taken out of use and in again (Documentation/usb/authorization.rst),
// elsewhere its driver lets go of it and takes it again.
func (sysfs) Reset(wiphy string) error {
	device, err := filepath.EvalSymlinks(filepath.Join("/sys/class/ieee80211", filepath.Base(wiphy), "device"))
	if err != nil {
		return fmt.Errorf("reset %s: %w", wiphy, err)
	}
	subsystem, err := filepath.EvalSymlinks(filepath.Join(device, "subsystem"))
	if err != nil {
		return fmt.Errorf("reset %s: %w", wiphy, err)
	}
	switch filepath.Base(subsystem) {
	case "usb":
		authorized := filepath.Join(filepath.Dir(device), "authorized")
		err = off(authorized, "0", authorized, "1")
	case "pci", "sdio", "platform":
		driver, linkErr := filepath.EvalSymlinks(filepath.Join(device, "driver"))
		if linkErr != nil {
			return fmt.Errorf("reset %s: %w", wiphy, linkErr)
		}
		name := filepath.Base(device)
		err = off(filepath.Join(driver, "unbind"), name, filepath.Join(driver, "bind"), name)
	default:
		err = fmt.Errorf("a device of %q: %w", filepath.Base(subsystem), errors.ErrUnsupported)
	}
	if err != nil {
		return fmt.Errorf("reset %s: %w", wiphy, err)
	}
	return nil
}

func off(first, text, second, other string) error {
	if err := write(first, text); err != nil {
		return err
	}
	time.Sleep(settleReset) // the hardware's time, which nothing tells
	return write(second, other)
}

func write(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
