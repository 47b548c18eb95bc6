// Package wire speaks what shared/contracts asks of a feature in any language: callers, grants, problems, doors.
package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// Names of the headers that a sidecar passes on.
const (
	ContextHeader = "finnest-context"
	GrantHeader   = "finnest-grant"
	TokenHeader   = "dapr-api-token"
)

var tenantForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$`)

// Caller is a user of a tenant, as the gateway or another feature established it.
type Caller struct {
	Tenant string   `json:"tenant"`
	User   string   `json:"user"`
	Roles  []string `json:"roles"`
	Agent  string   `json:"agent"` // the agent that acts for the user; empty when the user acts
}

// Unseal reads the data of a token into body when the key signed it and it has not expired, else it returns a 401.
func Unseal(token, key string, now time.Time, body any) *Problem {
	raw, mac, _ := strings.Cut(token, ".")
	if raw == "" || !hmac.Equal([]byte(mac), []byte(sign(raw, key))) {
		return &Problem{Status: 401, Slug: "context-not-signed", Detail: "requests come through the gateway"}
	}
	text, err := base64.URLEncoding.DecodeString(raw)
	var until struct {
		Exp float64 `json:"exp"`
	}
	if err != nil || json.Unmarshal(text, &until) != nil || json.Unmarshal(text, body) != nil {
		return &Problem{Status: 401, Slug: "context-not-signed", Detail: "the token holds no data"}
	}
	if until.Exp < float64(now.UnixNano())/1e9 {
		return &Problem{Status: 401, Slug: "context-expired", Detail: "send the request again"}
	}
	return nil
}

// Verify returns the caller that a token was sealed for.
func Verify(token, key string, now time.Time) (Caller, *Problem) {
	var caller Caller
	if problem := Unseal(token, key, now, &caller); problem != nil {
		return Caller{}, problem
	}
	if !tenantForm.MatchString(caller.Tenant) {
		return Caller{}, &Problem{
			Status: 422, Slug: "bad-tenant", Detail: "a tenant id is 1 to 32 of a-z, 0-9 and inner hyphens",
		}
	}
	return caller, nil
}

func sign(raw, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(raw))
	return hex.EncodeToString(mac.Sum(nil))
}
