package api

// EnrolmentToken lets taps enrol at a site. Its secret is shown once, when it is
// made, and stored nowhere.
type EnrolmentToken struct {
	ID        string  `json:"id" format:"uuid"`
	Site      SiteRef `json:"site"`
	Uses      int     `json:"uses" doc:"How many taps may enrol with it"`
	Used      int     `json:"used" doc:"How many have"`
	CreatedAt Time    `json:"createdAt"`
	ExpiresAt Time    `json:"expiresAt"`
	State     string  `json:"state" enum:"valid,used,expired,revoked"`
}

// NewEnrolmentToken asks for a token.
type NewEnrolmentToken struct {
	Site         string `json:"site" minLength:"1" maxLength:"63" doc:"Slug of the site"`
	Uses         int    `json:"uses" minimum:"1" maximum:"1000" default:"1" doc:"How many taps may enrol with it"`
	ExpiresHours int    `json:"expiresHours" minimum:"1" maximum:"720" default:"24"`
}

// CreatedEnrolmentToken is a new token with its secret.
type CreatedEnrolmentToken struct {
	EnrolmentToken
	Token string `json:"token" doc:"One line of text for the tap's -token; shown this once"`
}

// NewTokenInput is the request of createEnrolmentToken.
type NewTokenInput struct {
	TenantParam
	Body NewEnrolmentToken
}
