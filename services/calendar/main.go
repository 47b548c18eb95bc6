// Calendar: business days, public holidays and banks' cut-off times of Australia and New Zealand.
//
//	calendar        beside a sidecar, as `finnest run` starts it
//	calendar pod    the same in a pod: with a door for the kubelet, and an orderly end
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // an image of this binary alone has no time zones

	"finnest/calendar/api"
	"finnest/calendar/domain"
	"finnest/calendar/wire"
)

const (
	healthAddress = ":8081"
	leave         = 5 * time.Second // how long it may take until every load balancer knows that the pod goes
	drain         = 2 * time.Second
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, log, len(os.Args) > 1 && os.Args[1] == "pod"); err != nil {
		log.Error("ended", "reason", err.Error())
		os.Exit(1)
	}
}

// run serves until ctx ends, then answers what was begun and returns.
func run(ctx context.Context, log *slog.Logger, pod bool) error {
	banks, err := readBanks(filepath.Join(os.Getenv("FINNEST_HOME"), "policy", "calendar.json"))
	if err != nil {
		return err
	}
	beside := newSidecar(os.Getenv("DAPR_HTTP_PORT"), os.Getenv("DAPR_API_TOKEN"))
	service := &api.Service{Operations: api.Operations(banks), Now: time.Now}
	doors := wire.Doors{Token: os.Getenv("APP_API_TOKEN"), BodyBytes: api.BodyBytes, Log: log}
	servers := []*http.Server{server("127.0.0.1:"+os.Getenv("FINNEST_APP_PORT"), doors.Before(service.Handler()))}
	var leaving atomic.Bool
	if pod {
		servers = append(servers, server(healthAddress, health(service, beside, &leaving)))
	}
	go func() {
		if key := beside.secret(ctx, "context_key"); key != "" {
			service.Key.Store(&key)
		}
	}()
	failed := make(chan error, len(servers))
	for _, one := range servers {
		go func() { failed <- one.ListenAndServe() }()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	if leaving.Store(true); pod {
		time.Sleep(leave)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	for _, one := range servers {
		err = errors.Join(err, one.Shutdown(ending))
	}
	return err
}

// health tells the kubelet of this pod alone: `/livez`, and `/readyz` with the sidecar beside it.
func health(service *api.Service, beside *sidecar, leaving *atomic.Bool) http.Handler {
	doors := http.NewServeMux()
	doors.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "alive") })
	doors.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		reason := ""
		switch {
		case leaving.Load():
			reason = "leaving"
		case service.Key.Load() == nil:
			reason = "starting"
		default:
			reason = beside.healthy(r.Context())
		}
		if reason != "" {
			http.Error(w, reason, http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "ready")
	})
	return doors
}

func server(address string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr: address, Handler: handler, MaxHeaderBytes: 64 << 10,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: 75 * time.Second,
	}
}

// readBanks returns the shipped cut-offs, with those of the file over them where there is one.
func readBanks(path string) (domain.Banks, error) {
	own, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	banks, err := domain.ReadBanks(own)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return banks, nil
}
