package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	askEvery  = 50 * time.Millisecond
	askWithin = time.Second
)

// sidecar is the Dapr beside this process.
type sidecar struct {
	url, token string
	client     http.Client
}

func newSidecar(port, token string) *sidecar {
	return &sidecar{"http://127.0.0.1:" + port + "/v1.0", token, http.Client{Timeout: askWithin}}
}

// healthy returns why the sidecar is not ready; empty when it is.
func (s *sidecar) healthy(ctx context.Context) string {
	answer, err := s.get(ctx, "/healthz")
	if err != nil {
		return "sidecar-away"
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return fmt.Sprintf("the sidecar answers %d", answer.StatusCode)
	}
	return ""
}

// secret returns a secret from the component `secrets`, however long the sidecar takes; empty when ctx ends first.
func (s *sidecar) secret(ctx context.Context, name string) string {
	for ctx.Err() == nil {
		if value := s.read(ctx, name); value != "" {
			return value
		}
		select {
		case <-ctx.Done():
		case <-time.After(askEvery):
		}
	}
	return ""
}

func (s *sidecar) read(ctx context.Context, name string) string {
	answer, err := s.get(ctx, "/secrets/secrets/"+name)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	var found map[string]string
	if answer.StatusCode != http.StatusOK || json.NewDecoder(answer.Body).Decode(&found) != nil {
		return ""
	}
	return found[name]
}

func (s *sidecar) get(ctx context.Context, path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("dapr-api-token", s.token)
	return s.client.Do(request)
}
