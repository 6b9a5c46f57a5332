package embedded

import "testing"

func TestWALGrowsWithTheDisk(t *testing.T) {
	for disk, want := range map[int]int{0: 512, 16_000: 512, 64_000: 1600, 1_000_000: 4096} {
		if got := maxWALMB(disk); got != want {
			t.Errorf("of %d MB %d, want %d", disk, got, want)
		}
	}
	if got := diskMB("/no/such/folder"); got != 0 {
		t.Errorf("no folder is on a disk of %d MB", got)
	}
	if got := diskMB(t.TempDir()); got < 0 {
		t.Errorf("a disk of %d MB", got)
	}
}
