// Package seal keeps secrets in the database so that who reads the database, or a
// backup of it, does not have them: private keys of certificates, the cluster's
// own among them, and whatever else a node must have in clear.
//
// What is sealed is AES-256-GCM with a key that the database does not have: the
// operator gives it to every node in a file or an environment variable. A sealed
// value names its key by id, so that keys can be changed: a keyring has several,
// seals with the first and opens with all. To rotate, put a new key first on every
// node, run "nodectl secrets -reseal", and take the old one away.
//
// Each value is bound to its purpose (GCM's additional data): a sealed value that
// somebody moves to another row or column does not open there.
//
// # Form
//
//	magic   4 octets  "PkS1": no DER or PEM begins so
//	length  1 octet   of the key's id
//	id      1–32 octets
//	nonce   12 octets, random
//	rest    ciphertext and tag
package seal
