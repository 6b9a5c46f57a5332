package monitor

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// nameTaken: EEXIST, and ENFILE before Linux 5.14 (net/core/dev.c, dev_alloc_name).
func nameTaken(err error) bool {
	return errors.Is(err, syscall.EEXIST) || errors.Is(err, syscall.ENFILE)
}

// refusesChannel reports whether a refusal is about the channel, and not about
// tuning at all.
func refusesChannel(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ERANGE)
}

// explain says why a claim failed and what would cure it.
func (k *Keeper) explain(r radio, err error) verdict {
	var blocked *blockError
	switch {
	case errors.As(err, &blocked):
		return verdict{
			why:  "a program has switched it off (rfkill: soft blocked), and this one may not switch it on",
			cure: "rfkill unblock wlan",
		}
	case errors.Is(err, os.ErrPermission):
		return verdict{
			why:  "this program may not change network interfaces",
			cure: "run it as root or with the capabilities CAP_NET_ADMIN and CAP_NET_RAW",
		}
	case errors.Is(err, errRFKill):
		return verdict{why: "its radio is switched off (rfkill)", cure: "rfkill unblock wlan, or the switch of the box"}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return verdict{
			why:  r.driverName() + " does not answer",
			cure: "unplug the adapter and plug it in again, or restart the box",
		}
	case errors.Is(err, syscall.EBUSY):
		return k.busy(r)
	case errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, errLies):
		return verdict{
			why:  fmt.Sprintf("%s announces monitor mode and refuses it (%s)", r.driverName(), first(err)),
			cure: anotherAdapter,
		}
	default:
		return verdict{
			why:  fmt.Sprintf("%s failed (%s)", r.driverName(), first(err)),
			cure: "unplug the adapter and plug it in again; the kernel's log may say more",
		}
	}
}

// busy names the program that holds the wiphy, if any can be named.
func (k *Keeper) busy(r radio) verdict {
	for _, i := range r.interfaces {
		if names := holders(k.kernel.Files, i.Index, i.Name); len(names) > 0 && !r.mine[i.Index] {
			return verdict{
				why:  fmt.Sprintf("the program %s holds %s", strings.Join(names, " and "), i.Name),
				cure: "end it, or tell it to leave " + i.Name + " alone",
			}
		}
	}
	if program := manager(k.kernel.Files); program != "" && len(r.interfaces) > 0 {
		name := r.interfaces[0].Name
		return verdict{
			why:  "another program holds it, perhaps " + program,
			cure: "tell it to leave " + name + " alone" + leaveAlone(program, name),
		}
	}
	return verdict{why: "another program holds it", cure: "end the programs that use Wi-Fi here"}
}

// first is the first line of an error: joined ones have a line each.
func first(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
