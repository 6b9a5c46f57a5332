// Package embedded runs the private PostgreSQL of a node that was given none.
//
// # What is where
//
//	DATA/postgres        the cluster: made by initdb in DATA/postgres.new, then renamed,
//	                     so that a half-made one is never taken for a whole one
//	DATA/postgres.lock   held (flock) by the noded that owns DATA; the kernel lets go of
//	                     it however noded ends
//	DATA/postgres.run    the socket's directory, 0700; a directory below /run or the
//	                     temporary one where DATA's path is too long for a socket
//
// # Who may do what
//
// PostgreSQL listens on a unix socket only and knows peer authentication only:
// pg_ident maps the system user of noded to picket_owner, picket_ingest and
// picket_api. The superuser, picket_admin, is mapped to nobody: roles and
// database are made in single-user mode before the first start, and whoever
// needs it later uses single-user mode too.
//
// PostgreSQL refuses to run as root. When noded is root, the server runs as the
// first of the system users picket, postgres and nobody that exists.
//
// # Coming and going
//
// Stop ends the server with SIGINT (fast shutdown) and waits. When noded is
// killed, the kernel sends the same signal (PR_SET_PDEATHSIG). Should a server
// run on all the same, the next Start finds it by postmaster.pid, makes sure that
// it is one of this directory, and stops it before it starts its own. A server
// that dies is started again; PostgreSQL's recovery does the rest.
package embedded
