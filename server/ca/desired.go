package ca

import "picket/shared/desired"

// SealDesired signs what the centre wants of a tap with the CA's key, which the
// tap learned at enrolment.
func (c *CA) SealDesired(d desired.Document) (string, error) {
	d.Cluster = c.ClusterID()
	return desired.Seal(d, c.key)
}
