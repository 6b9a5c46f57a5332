// Package deploy holds what a cluster is installed with: a node as a service, and
// examples for the programs around it. docs/growing.md says when each is of use. It
// holds tests alone.
package deploy
