package config

const help = `tapd listens to networks and reports what it hears to a Picket node.

  tapd -node URL [-token TOKEN] [-capture IF|FILE]…
  tapd -config FILE

To start with, you need the address of a node, and an enrolment token, which the
console makes under Taps. The tap makes a key of its own, exchanges the token for a
place in the cluster, and remembers both: later starts need neither. Without a token
it shows a claim code (in its log, by -show-code and by picket doctor), waits, and
begins when somebody types that in the console. With a token for several taps it waits
likewise, until somebody lets it in.

  -node URL        address of a node, https://HOST:PORT; several for several nodes
  -token TOKEN     enrolment token, picket1.…; used once
  -name NAME       what the console calls this tap (default: the host name)
  -capture IF|FILE interface to listen on; or a pipe with a live capture (- is standard
                   input); or a recording, which is replayed once and marked as a
                   demonstration. Several for several. Default: all Ethernet
                   interfaces that are up
  -radio NAME      radio to listen to the air with: a wiphy (phy0), an interface of it
                   (wlan0) or its address; several for several, "none" for none.
                   Default: all, also those plugged in later, unless -capture or -demo
                   says what to listen to. A radio that connects this machine to a
                   network is left alone
  -country CC      where the tap is (DE, US, …): decides on which channels it may listen
  -demo FILE       replay a capture again and again as if live, marked as a
                   demonstration; several for several
  -window TIME     length of a report, 1s to 60s (default: as the cluster says)
  -state DIR       where key, identity and unsent reports are kept
                   (default: /var/lib/picket-tap)
  -spool MIB       most that unsent reports may take on disk (default: 256)
  -config FILE     read settings from a file, a line each: name = value
  -show-code       print the claim code, by which the console adopts this tap
  -version         print the version

Listening on an interface needs the capability CAP_NET_RAW, and tuning radios
CAP_NET_ADMIN as well. Either run tapd as root, or give it the capabilities once:

  sudo setcap cap_net_raw,cap_net_admin+ep /path/to/tapd

tapd ends on Ctrl-C or SIGTERM; what it heard until then is reported first, or kept
for the next start. Logs go to standard error.
`
