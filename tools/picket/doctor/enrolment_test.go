package doctor

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"picket/appliance/identity"
	"picket/shared/enrol"
)

func enrolledTap() identity.Standing {
	return identity.Standing{
		TapID: "018f6f3e-0000-7000-8000-000000000001", Cluster: strings.Repeat("ab", 32), Nodes: []string{"https://192.0.2.10:8443"}, KeyMade: time.Now(),
	}
}

func TestTheDoctorSaysToWhomTheTapBelongs(t *testing.T) {
	code, err := enrol.ParseClaimCode("0123-4567-89AB")
	if err != nil {
		t.Fatal(err)
	}
	old := enrolledTap()
	old.KeyMade = time.Now().Add(-91 * 24 * time.Hour)
	for name, tt := range map[string]struct {
		who    identity.Standing
		err    error
		state  string
		status Status
		says   string // of text and cure
	}{
		"new":            {state: "new", status: Warning, says: "/etc/picket/tap.conf"},
		"waiting":        {who: identity.Standing{Code: code, Cluster: strings.Repeat("ab", 32)}, state: "waiting", status: Warning, says: "0123-4567-89AB"},
		"enrolled":       {who: enrolledTap(), state: "enrolled", status: Fine, says: "018f6f3e-0000-7000-8000-000000000001 of cluster abababababab"},
		"an old key":     {who: old, state: "enrolled", status: Warning, says: "https://192.0.2.10:8443"},
		"somebody else":  {err: os.ErrPermission, state: "unknown", status: Warning, says: "sudo"},
		"a damaged file": {err: errors.New("unexpected end"), state: "unknown", status: Broken, says: "unexpected end"},
	} {
		m := newMachine()
		m.tap, m.tapErr = tt.who, tt.err
		r := Examine(m.system(), "/var/lib/picket-tap")
		var found Check
		for _, c := range r.Checks {
			if c.Name == "enrolment" {
				found = c
			}
		}
		if found.Status != tt.status || !strings.Contains(found.Text+" "+found.Cure, tt.says) || r.Tap.State != tt.state || r.Tap.ClaimCode != tt.who.Code.String() {
			t.Errorf("%s: %+v, %+v", name, found, r.Tap)
		}
		if found.Status != Fine && found.Cure == "" {
			t.Errorf("%s: no cure", name)
		}
	}
}
