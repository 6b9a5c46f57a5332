package doctor

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Tap says to whom the tap of this machine belongs.
type Tap struct {
	State     string   `json:"state"` // "new", "waiting", "enrolled"; "unknown" to this user
	ClaimCode string   `json:"claim_code,omitempty"`
	TapID     string   `json:"tap_id,omitempty"`
	Cluster   string   `json:"cluster,omitempty"`
	Nodes     []string `json:"nodes,omitempty"`
}

// enrolment looks at who the tap with this state folder is.
func (s System) enrolment(dir string, now time.Time) (Tap, Check) {
	c := Check{Name: "enrolment", Status: Warning}
	who, err := s.Identity(dir)
	tap := Tap{State: "unknown", ClaimCode: who.Code.String(), TapID: who.TapID, Cluster: who.Cluster, Nodes: who.Nodes}
	switch {
	case errors.Is(err, os.ErrPermission):
		c.Text, c.Cure = "This user may not see to whom the tap belongs.", "Run it as root: sudo picket doctor"
	case err != nil:
		c.Status = Broken
		c.Text = "What the tap knows of its cluster cannot be read: " + err.Error() + "."
		c.Cure = "Empty " + dir + " and start the tap: it enrols anew, and the console offers to make it the tap that it was."
	case who.TapID != "" && who.KeyIsOld(now):
		tap.State = "enrolled"
		c.Text = fmt.Sprintf("It is tap %s of cluster %s, but has not been able to renew its key, of %s.", who.TapID, short(who.Cluster), who.KeyMade.UTC().Format(time.DateOnly))
		c.Cure = "See that it runs and reaches a node: " + strings.Join(who.Nodes, ", ") + "."
	case who.TapID != "":
		tap.State, c.Status = "enrolled", Fine
		c.Text = fmt.Sprintf("It is tap %s of cluster %s, and reports to %s.", who.TapID, short(who.Cluster), strings.Join(who.Nodes, ", "))
	case who.Code != "":
		tap.State = "waiting"
		c.Text = "It waits to be let in. Its claim code is " + who.Code.String() + "."
		c.Cure = "Type the code in the console, under Taps, or let the box in there that shows the same code."
	default:
		tap.State = "new"
		c.Text = "It is nobody's tap yet, and has reached no node."
		c.Cure = "Name a node, and a token if you have one, in /etc/picket/tap.conf; then: sudo systemctl restart picket-tap"
	}
	return tap, c
}

// short is enough of a cluster's id to compare with the console's.
func short(cluster string) string { return cluster[:min(12, len(cluster))] + "…" }
