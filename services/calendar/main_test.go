package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"finnest/calendar/api"
)

// beside returns a sidecar that answers a health check with a status, and gives one secret to who shows the token.
func beside(t *testing.T, status *atomic.Int64) *sidecar {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("dapr-api-token") != "token":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/v1.0/secrets/secrets/context_key":
			_, _ = w.Write([]byte(`{"context_key": "key"}`))
		default:
			w.WriteHeader(int(status.Load()))
		}
	}))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	return newSidecar(port, "token")
}

func asked(handler http.Handler, path string) (int, string) {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest("GET", path, nil))
	return answer.Code, strings.TrimSpace(answer.Body.String())
}

func TestAPodIsReadyWhenItHasItsKeyAndItsSidecarIsWell(t *testing.T) {
	var status atomic.Int64
	var leaving atomic.Bool
	service := &api.Service{Now: time.Now}
	doors := health(service, beside(t, &status), &leaving)
	is := func(code int, reason string) {
		t.Helper()
		if got, said := asked(doors, "/readyz"); got != code || said != reason {
			t.Errorf("%d %q instead of %d %q", got, said, code, reason)
		}
		if got, said := asked(doors, "/livez"); got != 200 || said != "alive" {
			t.Errorf("it does not live: %d %q", got, said)
		}
	}
	is(503, "starting")
	key := "key"
	service.Key.Store(&key)
	status.Store(204)
	is(200, "ready")
	status.Store(500)
	is(503, "the sidecar answers 500")
	leaving.Store(true)
	is(503, "leaving")
}

func TestASecretIsWaitedForUntilTheSidecarGivesIt(t *testing.T) {
	var status atomic.Int64
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	if value := beside(t, &status).secret(ctx, "context_key"); value != "key" {
		t.Errorf("%q", value)
	}
	short, end := context.WithTimeout(context.Background(), 3*askEvery)
	defer end()
	if value := newSidecar("1", "token").secret(short, "context_key"); value != "" {
		t.Errorf("%q", value)
	}
}

func TestBanksOfOnesOwnGoBeforeTheShippedOnes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "calendar.json")
	text := `[{"bank": "AU-NAB", "name": "NAB", "closes": "16:00", "time_zone": "Australia/Melbourne", "place": "AU-VIC", "days": "business"}]`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	banks, err := readBanks(path)
	if err != nil || banks["AU-NAB"].Closes != "16:00" || banks["NZ-BNZ"].Closes != "23:45" {
		t.Error(banks, err)
	}
	if _, err := readBanks(filepath.Join(t.TempDir(), "none.json")); err != nil {
		t.Error(err)
	}
}
