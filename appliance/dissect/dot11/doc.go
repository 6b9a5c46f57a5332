// Package dot11 reads IEEE 802.11 frames: the MAC header, management bodies and
// their elements, and of data frames what tells of keys (EAPOL).
//
// Decode reads a header; what lies behind it is read by the function for its
// kind, from the offset that Decode found. Nothing here knows of signal or
// channel: those are the capture's.
//
// Who is who in a data frame (802.11-2020, table 9-30): with ToDS the
// transmitter is the station and address 1 the BSSID; with FromDS the receiver
// is the station and address 2 the BSSID; with both, transmitter and receiver
// are bridges; with neither, address 3 is the BSSID.
package dot11
