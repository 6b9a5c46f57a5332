// Package protocol is what the host and the laboratory's guest say to each other
// over one virtio-serial port: JSON, one message a line.
//
//	host  → {"id":7,"do":"exec","timeoutMS":5000,"args":{"argv":["iw","dev"]}}
//	guest → {"id":7,"result":{"exitCode":0,"stdout":"…"}}
//	guest → {"id":8,"error":"open /x: no such file or directory","code":"absent"}
//	guest → {"note":"agent is up","level":"info"}
//
// # Rules
//
// Requests run at the same time and are answered in the order in which they end:
// a step that hangs holds up nothing but itself. The id is the host's choice, and
// free again once answered. Every request has a time limit (DefaultTimeout when
// it names none, MaxTimeout at most); when it is over, the guest ends what the
// request began, its process group included, and answers with code "timeout".
// "cancel" does the same at once, with code "cancelled".
//
// A line is at most MaxLine octets; a longer one is skipped to its end and told as
// a note, since its id is unknown. Files travel in pieces of at most MaxChunk.
// A line that is no JSON is told as a note too, so a host that connects in the
// middle of what an earlier one wrote loses nothing of its own: it sends an empty
// line first (Client does), and ignores answers to ids that are not its own.
//
// Names: frequencies in MHz, signals in dBm, times in milliseconds, addresses as
// 00:00:5e:00:53:01. A Namespace of "" is the one the agent runs in. Text of
// processes is not always UTF-8: octets that are not are replaced, as JSON demands;
// file contents travel as base64 and are exact.
package protocol
