package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// ActionHash returns the SHA-256 in hexadecimal over the canonical JSON of one exact use of a tool.
// The name is `<feature>.<tool>`; args are as encoding/json reads them into an any.
func ActionHash(name string, args map[string]any) (string, error) {
	text, err := Canonical(map[string]any{"action": name, "args": args, "policy": ""})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// CheckGrant returns nil when an agent's grant is for exactly this use by this caller, else a 401 or 403.
func CheckGrant(who Caller, name string, args map[string]any, token, key string, now time.Time) *Problem {
	var grant struct {
		Tenant string `json:"tenant"`
		User   string `json:"user"`
		Exact  string `json:"exact"`
	}
	if problem := Unseal(token, key, now, &grant); problem != nil {
		return problem
	}
	exact, err := ActionHash(name, args)
	if err != nil || grant.Exact != exact || grant.Tenant != who.Tenant || grant.User != who.User {
		return &Problem{Status: 403, Slug: "no-grant", Detail: "this is not the use that was allowed"}
	}
	return nil
}
