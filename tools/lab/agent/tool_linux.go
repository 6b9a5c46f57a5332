package main

import (
	"context"
	"fmt"
	"strings"
	"syscall"

	"picket/tools/lab/protocol"
)

// tool runs a program of the guest, for its effect. What it complains of is the
// error.
func tool(ctx context.Context, argv ...string) error {
	cmd, err := command(protocol.Command{Argv: argv})
	if err != nil {
		return err
	}
	stderr := &clipped{limit: 4 << 10}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", argv[0], err)
	}
	stop := context.AfterFunc(ctx, func() { killGroup(cmd.Process.Pid, syscall.SIGKILL) })
	err = cmd.Wait()
	stop()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", strings.Join(argv, " "), ctx.Err())
	}
	said := strings.TrimSpace(stderr.String())
	err = fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, said)
	switch {
	case strings.Contains(said, "File exists"):
		return coded(protocol.Exists, "%w", err)
	case strings.Contains(said, "No such"), strings.Contains(said, "Cannot find"), strings.Contains(said, "Cannot open network namespace"):
		return coded(protocol.Absent, "%w", err)
	}
	return err
}
