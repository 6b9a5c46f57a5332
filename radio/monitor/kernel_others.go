//go:build !linux

package monitor

import (
	"fmt"
	"runtime"
)

// Host fails: radios are Linux's.
func Host() (*Kernel, error) {
	return nil, fmt.Errorf("there are no radios to keep on %s", runtime.GOOS)
}
