// Package auth decides who may use the console and the interface behind it.
//
// # The first administrator
//
// A fresh node has no user, so nobody can sign in. At each start, as long as
// there is no user, the node makes a first-login token of 32 random octets,
// stores its SHA-256 for 24 hours and prints a link with the token. Each new
// token ends the one before. Whoever opens the link chooses a name and a
// password; the same transaction uses the token up and makes the user, so that
// of two people who open one link one gets an account and the other an error.
//
// # Passwords
//
// At least 12 characters, kept as argon2id (RFC 9106) with 64 MiB. Two are
// computed at a time, which bounds the memory; others wait within their request's
// deadline. A name that does not exist costs the same computation as a wrong
// password and gives the same answer.
//
// # Attempts
//
// Attempts to sign in are counted in PostgreSQL, so that the limits hold across
// the nodes of a cluster: 10 failures in 15 minutes for a name and 30 for a
// client's address. A success forgets the failures of its name only. Names and
// addresses are stored as hashes: people type passwords into the name field.
//
// # Sessions
//
// A session is 32 random octets in a cookie; PostgreSQL holds only their
// SHA-256, so that a copy of the database signs nobody in. A session ends after
// 12 hours without use, 7 days after it began, when the user signs out, and in
// all nodes at once.
package auth
