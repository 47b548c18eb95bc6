package wire

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"
)

// vector is a row of shared/contracts/vectors.json; every language must come to the same.
type vector struct {
	About     string
	Token     string
	Caller    Caller
	Tool      string
	Action    string
	Args      map[string]any
	Canonical string
	Sha256    string
	Refused   string
	Status    int
}

type vectors struct {
	Key                      string
	Now                      time.Time
	Callers, Actions, Grants []vector
}

func read(t *testing.T) vectors {
	text, err := os.ReadFile("../../../shared/contracts/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var found vectors
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestACallerIsWhoTheTokenWasSealedFor(t *testing.T) {
	all := read(t)
	for _, one := range all.Callers {
		caller, problem := Verify(one.Token, all.Key, all.Now)
		isRefused(t, one, problem)
		if problem == nil && !reflect.DeepEqual(caller, one.Caller) {
			t.Errorf("%s: %v instead of %v", one.About, caller, one.Caller)
		}
	}
}

func TestAnActionHasOneHashInEveryLanguage(t *testing.T) {
	for _, one := range read(t).Actions {
		text, err := Canonical(map[string]any{"action": one.Action, "args": one.Args, "policy": ""})
		if err != nil || string(text) != one.Canonical {
			t.Errorf("%s instead of %s (%v)", text, one.Canonical, err)
		}
		if sum, _ := ActionHash(one.Action, one.Args); sum != one.Sha256 {
			t.Errorf("%s: another hash", one.Canonical)
		}
	}
}

func TestAGrantIsForOneUseByOneUser(t *testing.T) {
	all := read(t)
	for _, one := range all.Grants {
		isRefused(t, one, CheckGrant(one.Caller, one.Tool, one.Args, one.Token, all.Key, all.Now))
	}
}

func TestWhatJSONCannotHoldHasNoHash(t *testing.T) {
	if _, err := ActionHash("notes.keep", map[string]any{"at": time.Now()}); err == nil {
		t.Error("a time is no JSON")
	}
}

func isRefused(t *testing.T, one vector, problem *Problem) {
	t.Helper()
	said := Problem{}
	if problem != nil {
		said = *problem
	}
	if said.Slug != one.Refused || said.Status != one.Status {
		t.Errorf("%s: %d %q instead of %d %q", one.About, said.Status, said.Slug, one.Status, one.Refused)
	}
}
