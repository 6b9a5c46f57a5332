package cluster

import "testing"

func TestSoakClusterFaults(t *testing.T) {
	if !inside(t) {
		return
	}
	n := newNetwork(t, workDir(t))
	d := startDatabase(t, n)
	defer func() {
		if t.Failed() {
			d.logs()
		}
	}()
	d.prepare()
	t.Logf("primary %s", d.primary().name)
}
