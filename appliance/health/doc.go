// Package health reads how the box is: processors, memory, temperature, and what
// the tap's own process takes of them, from /proc and /sys (proc(5), the kernel's
// Documentation/hwmon and Documentation/driver-api/thermal).
//
// Shares of time are since the last reading. What a system does not tell stays
// zero or absent; nothing here is an error.
package health
