// Package facts checks what a capture is labelled with against the tables that
// picket replay makes of it.
//
// Facts are text, `key=value ; key=value`, in the column "facts" of a labels.tsv:
//
//	network=02:00:00:00:01:00 ssid Corp-PSK channels 6 security WPA2-PSK beacons 77
//	deauth=*>02:00:00:00:02:00 reason 7 frames 128 ; client=* rows 1..2
//
// A key names a table and its value says of which rows it speaks:
//
//	network=BSSID  client=STATION@BSSID  handshake=STATION@BSSID  channel=NUMBER
//	deauth=FROM>TO  disassoc=FROM>TO  capture=FILE
//
// where * is any and - is none, as the BSSID of a station that only probes. Then
// follow words in pairs, a field of the table's JSON and what is expected of it.
// A text with spaces stands in double quotes, an empty one is ""; " ; " alone cannot
// be part of one.
//
//   - A text, a yes or no (true, false), a list, or a number that describes
//     (reason, signalDBm, widthMHz, frequencyMHz, saeGroup, lastFailure) selects rows.
//     A list is given whole, a,b, or by what must be in it, +a.
//   - Any other number is counted, and so is "rows": the sum over the selected rows
//     is compared.
//
// A number is N, or MIN..MAX with either end left out. A fact that counts nothing
// wants at least one row; one that counts may find none, and 0 is then the sum.
//
// with=NAME says that the facts are those of this capture and of NAME's together, as
// the two channels of one evil twin.
package facts
