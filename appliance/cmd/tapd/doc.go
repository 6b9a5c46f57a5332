// Tapd is the sensing program of a tap: it captures frames, summarises them in
// windows, and delivers a report a window to the nodes of its cluster.
//
//	inputs ─ pipeline ─ emit ─ spool ─ report ══ HTTPS ══▶ node
//	                     ↑       ↑ drops      │ wanted definitions
//	                   health    └── counts   └▶ pipeline
//
// It enrols first, when it has not before, and captures from then on, whether or
// not a node answers. When it is asked to end, the open window is closed and
// spooled, everything is written to disk, and one last delivery gets three seconds.
package main
