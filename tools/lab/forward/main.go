// Command forward HOST:PORT is the far end of a laboratory guest's only way out:
// QEMU starts one for each connection that the guest makes to the node's address,
// and gives it the connection as standard input and output.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: forward HOST:PORT")
		os.Exit(2)
	}
	if err := forward(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "forward:", err)
		os.Exit(1)
	}
}

// forward carries octets both ways until the node's side has ended; the guest's
// end ends the node's reading only.
func forward(address string, in io.Reader, out io.Writer) error {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	go func() {
		_, _ = io.Copy(conn, in)
		_ = conn.(*net.TCPConn).CloseWrite() // says so to the node, which answers and closes
	}()
	_, err = io.Copy(out, conn)
	return err
}
