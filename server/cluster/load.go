package cluster

// Load is how busy the machine and the process are. What cannot be read is zero.
type Load struct {
	CPUs             int
	OneMinute        float64 // processes that run or want to, over the last minute: proc(5), loadavg
	Memory           int64   // octets of the process that are in memory
	MachineMemory    int64   // octets
	MachineAvailable int64   // octets that can be had without swapping: proc(5), MemAvailable
}
