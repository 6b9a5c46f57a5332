package air

import (
	"encoding/binary"
	"errors"

	"picket/appliance/dissect/dot11"
	"picket/shared/wlan"
)

const (
	eapolVersion = 2    // 802.1X-2004, as hostapd says
	eapolKey     = 3    // packet type
	keyRSN       = 2    // descriptor type
	keyFirst     = 0x8a // version 2, pairwise, acknowledgement wanted: message 1
)

// HandshakeOne appends message 1 of the four-way handshake (802.11-2020, 12.7.6.2)
// from an AP to a station. A PMKID that is not zero is in its key data: what a
// station needs to know which key is meant, and an attacker to guess at it.
func HandshakeOne(b []byte, bssid wlan.BSSID, station wlan.MAC, replay uint64, nonce [32]byte, pmkid [16]byte, sequence uint16) []byte {
	b = header(b, fcQoSData, fcFromDS, station, bssid, bssid, sequence)
	b = append(b, 0x06, 0) // QoS control: voice, as hostapd sends EAPOL
	b = append(b, 0xaa, 0xaa, 0x03, 0, 0, 0, 0x88, 0x8e)
	var data []byte
	if pmkid != ([16]byte{}) {
		data = append([]byte{elemVendor, 20, 0x00, 0x0f, 0xac, 4}, pmkid[:]...) // PMKID KDE, table 12-9
	}
	const fixed = 95
	b = append(b, eapolVersion, eapolKey)
	b = binary.BigEndian.AppendUint16(b, uint16(fixed+len(data)))
	b = append(b, keyRSN)
	b = binary.BigEndian.AppendUint16(b, keyFirst)
	b = binary.BigEndian.AppendUint16(b, 16) // key length of CCMP
	b = binary.BigEndian.AppendUint64(b, replay)
	b = append(b, nonce[:]...)
	b = append(b, make([]byte, 16+8+8+16)...) // IV, RSC, reserved, MIC
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

// errNotThree is a frame that is no message 3 of the handshake asked for.
var errNotThree = errors.New("not message 3")

// replayed returns a copy of message 3 as sent again: another sequence number, and
// no retry bit, so that a receiver does not take it for a duplicate.
func replayed(frame []byte, bssid wlan.BSSID, station wlan.MAC, sequence uint16) ([]byte, error) {
	var f dot11.Frame
	if err := dot11.Decode(frame, &f); err != nil {
		return nil, err
	}
	if f.Kind.Type() != dot11.Data || f.Protected || f.Receiver != station || f.Transmitter != bssid {
		return nil, errNotThree
	}
	kind, body, err := f.Payload(frame[f.HeaderLen:])
	if err != nil || kind != dot11.EtherTypeEAPOL {
		return nil, errNotThree
	}
	var e dot11.EAPOL
	if err := e.Decode(body); err != nil || e.Message != 3 {
		return nil, errNotThree
	}
	again := append([]byte(nil), frame...)
	again[1] &^= fcRetry
	binary.LittleEndian.PutUint16(again[22:], sequence%sequenceNumbers<<4)
	return again, nil
}
