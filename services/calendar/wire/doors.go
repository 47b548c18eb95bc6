package wire

import (
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// Health is the path that stays open: the sidecar asks there whether the app lives.
const Health = "/healthz"

// Doors are what stands before every request: the app token, the size of the body, a last resort for bugs, the log.
type Doors struct {
	Token     string
	BodyBytes int64
	Log       *slog.Logger
}

// Before returns the handler behind the doors. Health answers 204 to anybody.
func (d Doors) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == Health {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		began, seen := time.Now(), &watched{ResponseWriter: w}
		defer func() {
			if bug := recover(); bug != nil {
				d.Log.Error("bug", "path", r.URL.Path, "reason", fmt.Sprint(bug), "stack", string(debug.Stack()))
				detail := "this is our fault; it was logged under the trace id"
				Refuse(seen, TraceOf(r), &Problem{Status: 500, Slug: "bug", Detail: detail})
			}
			d.Log.Info("answered", "path", r.URL.Path, "status", seen.status, "caller", r.Header.Get("dapr-caller-app-id"),
				"tenant", seen.who.Tenant, "user", seen.who.User, "ms", time.Since(began).Milliseconds(), "trace", TraceOf(r))
		}()
		if problem := d.refuses(r); problem != nil {
			Refuse(seen, "", problem)
			return
		}
		r.Body = http.MaxBytesReader(seen, r.Body, d.BodyBytes)
		next.ServeHTTP(seen, r)
	})
}

func (d Doors) refuses(r *http.Request) *Problem {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(TokenHeader)), []byte(d.Token)) != 1 {
		return &Problem{Status: 401, Slug: "sidecar-only", Detail: "this port serves the sidecar only"}
	}
	if r.ContentLength > d.BodyBytes {
		return TooLarge(d.BodyBytes)
	}
	return nil
}

// TooLarge returns the refusal of a body over the limit.
func TooLarge(limit int64) *Problem {
	return &Problem{Status: 413, Slug: "body-too-large", Detail: fmt.Sprintf("a body has at most %d bytes", limit)}
}

// watched remembers what the log says of an answer.
type watched struct {
	http.ResponseWriter
	status int
	who    Caller
}

// Note lets the log say who was answered.
func Note(w http.ResponseWriter, who Caller) {
	if seen, is := w.(*watched); is {
		seen.who = who
	}
}

func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
