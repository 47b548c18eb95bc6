package wire

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Problem is an error as RFC 9457 writes it (`application/problem+json`), with a stable type.
type Problem struct {
	Status     int
	Slug       string
	Detail     string
	RetryAfter string // seconds; a problem that has it may pass by itself
}

// Answer writes a JSON body.
func Answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who hung up hears nothing
}

// Refuse writes a problem; trace is the id of the request's trace or empty.
func Refuse(w http.ResponseWriter, trace string, problem *Problem) {
	if problem.RetryAfter != "" {
		w.Header().Set("retry-after", problem.RetryAfter)
	}
	w.Header().Set("content-type", "application/problem+json")
	w.WriteHeader(problem.Status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type":      "urn:finnest:problem:" + problem.Slug,
		"title":     strings.ReplaceAll(problem.Slug, "-", " "),
		"status":    problem.Status,
		"detail":    problem.Detail,
		"retryable": problem.RetryAfter != "",
		"trace_id":  trace,
	})
}

// TraceOf returns the trace id of a request (W3C `traceparent`), or an empty text.
func TraceOf(r *http.Request) string {
	parts := strings.Split(r.Header.Get("traceparent"), "-")
	if len(parts) != 4 {
		return ""
	}
	return parts[1]
}
