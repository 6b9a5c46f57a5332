//go:build !linux

package main

import "log"

func main() { log.Fatal("init is the first program of a Linux guest") }
