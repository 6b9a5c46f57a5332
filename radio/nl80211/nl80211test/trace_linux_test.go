package nl80211test_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
)

// record returns the trace of a short life: an adapter is looked at, a monitor is
// made, tuned where it may not be, and removed.
func record(t *testing.T) *nl80211test.Trace {
	t.Helper()
	k := nl80211test.NewKernel()
	k.AddWiphy(nl80211test.ATH9KHTC(), "wlan0")
	c := dial(t, k)
	trace := nl80211test.Record(c)
	trace.Comment = "A short life\nof a monitor\n"
	live(c)
	return trace
}

func live(c *nl80211.Client) []string {
	var said []string
	say := func(err error) {
		if err != nil {
			said = append(said, err.Error())
		}
	}
	_, err := c.Wiphys()
	say(err)
	i, err := c.CreateInterface(0, "mon0", nl80211.TypeMonitor, 0)
	say(err)
	say(c.Tune(i.Index, nl80211.ChannelDefinition{Frequency: 5180}))
	say(c.DeleteInterface(i.Index))
	say(c.DeleteInterface(i.Index))
	return said
}

func TestTraceIsReadAsItWasWritten(t *testing.T) {
	want := record(t)
	var b bytes.Buffer
	if _, err := want.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	got, err := nl80211test.ReadTrace(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("trace differs (-want +got):\n%s", diff)
	}
}

func TestReplayAnswersAsTheKernelDid(t *testing.T) {
	c, replayer, err := nl80211test.Replay(record(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := []string{
		"tune ifindex 4 to 5180 MHz: invalid argument (Unknown channel)",
		"delete ifindex 4: no such device",
	}
	if diff := cmp.Diff(want, live(c)); diff != "" {
		t.Errorf("errors differ (-want +got):\n%s", diff)
	}
	if err := replayer.Finished(); err != nil {
		t.Error(err)
	}
}

func TestReplayRefusesAnotherRequest(t *testing.T) {
	c, replayer, err := nl80211test.Replay(record(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Interfaces(); err == nil || !strings.Contains(err.Error(), "request 1 differs") {
		t.Errorf("error %v, want one that shows the difference", err)
	}
	if err := replayer.Finished(); err == nil {
		t.Error("a trace of which nothing was asked is finished")
	}
}

func TestLinesThatAreNoTraceAreErrors(t *testing.T) {
	for _, text := range []string{
		"< 3 0000 00", "> 1 0301", "> 256 0301 00", "> 1 0301 0", "> 1 xyz 00", "> 1 0301 \n! 22", "> 1 0301 \n! a 0 b", "hello",
	} {
		if _, err := nl80211test.ReadTrace(strings.NewReader(text)); err == nil {
			t.Errorf("%q is read as a trace", text)
		}
	}
}

func FuzzTrace(f *testing.F) {
	f.Add("# a\n> 1 0301 0400ae00\n< 3 0010 08000100\n! 22 38 Unknown channel\n")
	f.Add("> 1 0301 \n! 22 0 \n")
	f.Add("<")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := nl80211test.ReadTrace(strings.NewReader(text))
		if err != nil {
			return
		}
		first.Comment = ""
		var b bytes.Buffer
		if _, err := first.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		second, err := nl80211test.ReadTrace(&b)
		if err != nil || !cmp.Equal(first, second, cmpopts.EquateEmpty()) {
			t.Errorf("read again: %v, %v\n%v", second, err, cmp.Diff(first, second, cmpopts.EquateEmpty()))
		}
	})
}
