package ca

import "picket/shared/enrol"

// SealAnswer signs what a box is answered that enrols or changes its key, with the
// CA's key: the box compares the CA with its token, or a person the claim code.
func (c *CA) SealAnswer(a enrol.Answer) (string, error) {
	a.Cluster = c.ClusterID()
	return enrol.Seal(a, c.key)
}
