package embedded

import (
	"bufio"
	"context"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// settings are given on the server's command line, so that they change with
// noded and not with a file that somebody edited.
func settings(ctx context.Context, b Binaries, a account, dir, socket string, extra map[string]string) []string {
	s := map[string]string{
		"listen_addresses":                    "",
		"unix_socket_directories":             socket,
		"unix_socket_permissions":             "0700",
		"port":                                "5432",
		"max_connections":                     "60",
		"shared_buffers":                      strconv.Itoa(sharedBuffersMB()) + "MB",
		"fsync":                               "on",
		"full_page_writes":                    "on",
		"synchronous_commit":                  "on",
		"wal_compression":                     "on",
		"min_wal_size":                        "80MB",
		"max_wal_size":                        strconv.Itoa(maxWALMB(diskMB(dir))) + "MB",
		"checkpoint_timeout":                  "10min",
		"random_page_cost":                    "1.1", // boxes have flash
		"jit":                                 "off", // costs more than it saves in short queries
		"timezone":                            "UTC",
		"log_timezone":                        "UTC",
		"logging_collector":                   "off",
		"log_destination":                     "stderr",
		"log_line_prefix":                     "",
		"log_checkpoints":                     "off",
		"log_autovacuum_min_duration":         "-1",
		"idle_in_transaction_session_timeout": "60s",
	}
	if a.command(ctx, dir, b.path("postgres"), "-D", dir, "-c", "default_toast_compression=lz4", "-C", "default_toast_compression").Run() == nil {
		s["default_toast_compression"] = "lz4" // where it was built with it: faster than pglz at the same size
	}
	maps.Copy(s, extra)
	var args []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		args = append(args, "-c", name+"="+s[name])
	}
	return args
}

// maxWALMB is a fortieth of the disk, 512 to 4096 MB: after each checkpoint the first
// change of a page writes all of it to the WAL, and registries change everywhere.
func maxWALMB(disk int) int { return min(max(disk/40, 512), 4096) }

// sharedBuffersMB is an eighth of the machine's memory, 64 to 1024 MB.
func sharedBuffersMB() int {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 128
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) == 3 && fields[0] == "MemTotal:" {
			kb, err := strconv.Atoi(fields[1])
			if err != nil {
				return 128
			}
			return min(max(kb/1024/8, 64), 1024)
		}
	}
	return 128
}
