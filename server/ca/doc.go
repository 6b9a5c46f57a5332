// Package ca is the cluster's certificate authority and the certificates with
// which nodes serve.
//
// The CA is made once, kept in the database and shared by the nodes of a
// cluster. Its identity is the SHA-256 of its public key (SubjectPublicKeyInfo):
// enrolment tokens contain it, so that a tap's first contact is already pinned,
// and signed requests name it, so that they cannot be replayed to another
// cluster. A node makes itself a leaf certificate of some months for the names by
// which it is reached, keeps it in its data directory, and renews it while it
// runs.
//
// People may upload certificates of other authorities for the console, so that
// browsers know it. They are in the database, their keys sealed (server/seal); every
// node looks for changes once a second. A client gets an uploaded certificate when it
// is good for the name it asks for. Taps pinned the cluster's CA: they say that they
// are taps (enrol.TapProtocol among their ALPN protocols, RFC 7301) and get the
// cluster's own whatever is uploaded.
//
// Keys are ECDSA on P-256, which every TLS client knows. Certificates begin a day
// before they are made: a box's clock may be behind.
package ca
