//go:build !linux

package cluster

import "runtime"

// ReadLoad knows little here.
func ReadLoad() Load { return Load{CPUs: runtime.NumCPU()} }
