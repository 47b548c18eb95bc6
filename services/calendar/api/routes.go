package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"finnest/calendar/domain"
	"finnest/calendar/wire"
)

// Feature is the name under which everything is served.
const Feature = "calendar"

// BodyBytes is the size of the largest body that is read.
const BodyBytes = 64 << 10

// Service answers the sidecar. Key is the secret `context_key`; until it is there, callers are asked to come back.
type Service struct {
	Operations []Operation
	Key        atomic.Pointer[string]
	Now        func() time.Time
}

type work func(w http.ResponseWriter, r *http.Request) *wire.Problem

// Handler returns all routes.
func (s *Service) Handler() http.Handler {
	routes := map[string]map[string]work{
		"/dapr/config":                  {"GET": s.config},
		"/" + Feature + "/tools":        {"GET": s.tools},
		"/" + Feature + "/openapi.json": {"GET": s.openapi},
	}
	for _, operation := range s.Operations {
		routes["/"+Feature+operation.Path] = map[string]work{"GET": s.ask(operation)}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods, known := routes[r.URL.Path]
		if tool, is := strings.CutPrefix(r.URL.Path, "/"+Feature+"/tools/"); !known && is {
			methods, known = map[string]work{"POST": s.use(tool)}, true
		}
		handle, allowed := methods[r.Method]
		problem := &wire.Problem{Status: 404, Slug: "no-such-path", Detail: r.Method + " " + r.URL.Path + ": Not Found"}
		switch {
		case allowed:
			problem = handle(w, r)
		case known:
			detail := r.Method + " " + r.URL.Path + ": Method Not Allowed"
			problem = &wire.Problem{Status: 405, Slug: "method-not-allowed", Detail: detail}
		}
		if problem != nil {
			wire.Refuse(w, wire.TraceOf(r), problem)
		}
	})
}

func (s *Service) config(w http.ResponseWriter, _ *http.Request) *wire.Problem {
	wire.Answer(w, 200, map[string]any{"entities": []string{}})
	return nil
}

func (s *Service) tools(w http.ResponseWriter, _ *http.Request) *wire.Problem {
	wire.Answer(w, 200, map[string]any{"items": toolSpecs(s.Operations), "next": nil})
	return nil
}

func (s *Service) openapi(w http.ResponseWriter, _ *http.Request) *wire.Problem {
	wire.Answer(w, 200, described(s.Operations))
	return nil
}

func (s *Service) ask(operation Operation) work {
	return func(w http.ResponseWriter, r *http.Request) *wire.Problem {
		if _, problem := s.caller(w, r); problem != nil {
			return problem
		}
		given, wrong := readAll(operation.Arguments, fromQuery(operation.Arguments, r.URL.Query()), false)
		if wrong != "" {
			return &wire.Problem{Status: 422, Slug: "bad-request", Detail: "query." + wrong}
		}
		answer, err := operation.Do(given)
		if err != nil {
			return refused(err)
		}
		wire.Answer(w, 200, answer.Content)
		return nil
	}
}

func (s *Service) use(tool string) work {
	return func(w http.ResponseWriter, r *http.Request) *wire.Problem {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return wire.TooLarge(BodyBytes)
		}
		given, readable := fromJSON(body)
		if !readable {
			return &wire.Problem{Status: 400, Slug: "bad-json", Detail: "body: this is no JSON"}
		}
		who, problem := s.caller(w, r)
		if problem != nil {
			return problem
		}
		if given == nil {
			return &wire.Problem{Status: 422, Slug: "bad-request", Detail: "body: an object is needed"}
		}
		if name, is := strings.CutSuffix(tool, "/preview"); is && s.find(name) != nil {
			return &wire.Problem{Status: 404, Slug: "no-preview", Detail: "this tool only reads"}
		}
		operation := s.find(tool)
		if operation == nil {
			return &wire.Problem{Status: 404, Slug: "no-such-tool", Detail: Feature + " has no tool " + tool}
		}
		arguments, wrong := readAll(operation.Arguments, given, true)
		if wrong != "" {
			return &wire.Problem{Status: 422, Slug: "bad-arguments", Detail: wrong}
		}
		if who.Agent != "" {
			token := r.Header.Get(wire.GrantHeader)
			if problem := wire.CheckGrant(who, Feature+"."+tool, given, token, *s.Key.Load(), s.Now()); problem != nil {
				return problem
			}
		}
		answer, err := operation.Do(arguments)
		if err != nil {
			return refused(err)
		}
		wire.Answer(w, 200, answer)
		return nil
	}
}

func (s *Service) caller(w http.ResponseWriter, r *http.Request) (wire.Caller, *wire.Problem) {
	key := s.Key.Load()
	if key == nil {
		detail := "the sidecar has not given the key yet"
		return wire.Caller{}, &wire.Problem{Status: 503, Slug: "starting", Detail: detail, RetryAfter: "2"}
	}
	who, problem := wire.Verify(r.Header.Get(wire.ContextHeader), *key, s.Now())
	wire.Note(w, who)
	return who, problem
}

func (s *Service) find(tool string) *Operation {
	for i := range s.Operations {
		if s.Operations[i].Tool == tool {
			return &s.Operations[i]
		}
	}
	return nil
}

func refused(err error) *wire.Problem {
	var refusal domain.Refusal
	if errors.As(err, &refusal) {
		return &wire.Problem{Status: 422, Slug: refusal.Slug, Detail: refusal.Detail}
	}
	panic(err)
}
