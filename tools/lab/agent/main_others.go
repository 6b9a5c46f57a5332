//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "the agent runs in the laboratory's guest, which is Linux")
	os.Exit(1)
}
