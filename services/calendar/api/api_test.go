package api

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"finnest/calendar/domain"
	"finnest/calendar/wire"
)

func service(t *testing.T) (*Service, http.Handler) {
	banks, err := domain.ReadBanks(nil)
	if err != nil {
		t.Fatal(err)
	}
	one := &Service{Operations: Operations(banks), Now: time.Now}
	doors := wire.Doors{Token: "token", BodyBytes: BodyBytes, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}
	return one, doors.Before(one.Handler())
}

func ask(handler http.Handler, method, path, body string) (int, map[string]any) {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set(wire.TokenHeader, "token")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	read := map[string]any{}
	_ = json.Unmarshal(answer.Body.Bytes(), &read)
	return answer.Code, read
}

func TestBeforeTheKeyIsThereACallerIsAskedToComeBack(t *testing.T) {
	_, handler := service(t)
	for _, call := range [][2]string{{"GET", "/calendar/v1/calendar/holidays"}, {"POST", "/calendar/tools/list_holidays"}} {
		status, said := ask(handler, call[0], call[1], "{}")
		if status != 503 || said["retryable"] != true {
			t.Errorf("%v: %d %v", call, status, said)
		}
	}
}

func TestWhatNeedsNoCallerIsThereFromTheStart(t *testing.T) {
	_, handler := service(t)
	for _, path := range []string{"/calendar/tools", "/calendar/openapi.json", "/dapr/config"} {
		if status, _ := ask(handler, "GET", path, ""); status != 200 {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := ask(handler, "GET", wire.Health, ""); status != 204 {
		t.Error(status)
	}
}

func TestABugIsAProblemWithoutDetail(t *testing.T) {
	doors := wire.Doors{Token: "token", BodyBytes: 1, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}
	broken := doors.Before(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") }))
	status, said := ask(broken, "GET", "/x", "")
	if status != 500 || strings.Contains(said["detail"].(string), "secret") {
		t.Error(status, said)
	}
}

func TestEveryOperationAnswersItsOwnExample(t *testing.T) {
	one, _ := service(t)
	given := map[string]map[string]any{
		"list_holidays":       {"place": "NZ", "year": 2026.0},
		"count_business_days": {"place": "AU-NSW", "from": "2026-01-01", "until": "2026-12-31"},
		"find_business_day":   {"place": "AU-NSW", "on": "2026-12-25"},
		"find_cut_off":        {"bank": "AU-NAB", "on": "2026-12-25"},
	}
	said := map[string]string{
		"list_holidays":       "NZ has 13 holidays in 2026.",
		"count_business_days": "From 2026-01-01 to 2026-12-31 there are 251 business days in AU-NSW.",
		"find_business_day":   "In AU-NSW that is Tuesday 29 December 2026.",
		"find_cut_off":        "National Australia Bank takes payments for 2026-12-29 until 18:00 (Australia/Melbourne).",
	}
	for _, operation := range one.Operations {
		arguments, wrong := readAll(operation.Arguments, given[operation.Tool], true)
		answer, err := operation.Do(arguments)
		if wrong != "" || err != nil || answer.Summary != said[operation.Tool] {
			t.Errorf("%s: %s (%s, %v)", operation.Tool, answer.Summary, wrong, err)
		}
	}
}
