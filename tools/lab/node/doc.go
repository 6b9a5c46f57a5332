// Package node runs a real node beside a laboratory guest: noded with a database of
// its own in a temporary folder, and a client of its API that is signed in.
package node
