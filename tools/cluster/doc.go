// Package cluster is the fault campaign of a whole cluster: three nodes behind
// HAProxy over a three-member PostgreSQL under Patroni, with etcd and synchronous
// replication, and taps that report all the while. It holds tests alone.
//
// # Machines
//
// Each machine is a network namespace on one bridge, so that a machine can be cut
// off without anybody being told, and killing it is killing its processes. The test
// starts itself once more in mount, network and process namespaces of its own:
// nothing of it is seen outside, and nothing stays when it ends, however it ends.
//
//	192.0.2.1        the observer: this test and the taps
//	192.0.2.10       haproxy, TCP alone: TLS ends on the nodes
//	192.0.2.11 … 13  a noded each
//	192.0.2.21 … 23  etcd, patroni and postgres each
//
// # What must hold
//
// A report that a node acknowledged is stored, once, whatever was killed or cut since.
// That needs synchronous_mode_strict: a primary that cannot reach another member
// commits nothing. Taps are told no more than that the request failed, and catch up
// by themselves; work that is to be done once for the cluster was done once.
package cluster
