// Package api is what the feature answers: one list of operations, each a public path and a tool.
package api

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"
)

// Kind is what an argument is.
type Kind int

// The kinds of arguments: a text, one of some words, a local date, a whole number.
const (
	Text Kind = iota
	Choice
	Date
	Number
)

// Argument is one value that an operation takes, from a query or from the JSON of a tool.
type Argument struct {
	Name     string
	Kind     Kind
	Says     string
	Words    []string          // of a choice
	Spoken   map[string]string // what people say -> a word of the choice
	Min, Max int               // of a number
	Default  any               // of one that may be left out
}

// Given are checked arguments by name: string, time.Time (midnight UTC) or int.
type Given map[string]any

const longestText = 40

// schema returns the argument's JSON Schema.
func (a Argument) schema() map[string]any {
	schema := map[string]any{"type": "string", "description": a.Says}
	switch a.Kind {
	case Choice:
		schema["enum"] = a.Words
		schema["x-slot"] = map[string]any{"kind": "choice", "words": a.Spoken}
	case Date:
		schema["format"] = "date"
		schema["x-slot"] = map[string]any{"kind": "date"}
	case Number:
		schema["type"], schema["minimum"], schema["maximum"] = "integer", a.Min, a.Max
	default:
		schema["maxLength"] = longestText
	}
	if a.Default != nil {
		schema["default"] = a.Default
	}
	return schema
}

// read returns the value, or a sentence about what is wrong with it.
func (a Argument) read(given any) (any, string) {
	switch a.Kind {
	case Number:
		return a.readNumber(given)
	case Date:
		text, _ := given.(string)
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, "a date is written as 2026-12-24"
		}
		return day, ""
	default:
		text, is := given.(string)
		if !is || text == "" || len(text) > longestText {
			return nil, fmt.Sprintf("a text of 1 to %d characters is needed", longestText)
		}
		return text, ""
	}
}

func (a Argument) readNumber(given any) (any, string) {
	number, is := given.(float64)
	if !is || number != math.Trunc(number) || number < float64(a.Min) || number > float64(a.Max) {
		return nil, fmt.Sprintf("a whole number from %d to %d is needed", a.Min, a.Max)
	}
	return int(number), ""
}

// readAll returns all arguments; strict refuses names that are not known, as a tool does.
func readAll(arguments []Argument, given map[string]any, strict bool) (Given, string) {
	read := Given{}
	for _, argument := range arguments {
		value, there := given[argument.Name]
		if !there && argument.Default == nil {
			return nil, argument.Name + ": is needed"
		}
		if !there {
			read[argument.Name] = argument.Default
			continue
		}
		checked, wrong := argument.read(value)
		if wrong != "" {
			return nil, argument.Name + ": " + wrong
		}
		read[argument.Name] = checked
	}
	for name := range given {
		if _, known := read[name]; strict && !known {
			return nil, name + ": there is no such argument"
		}
	}
	return read, ""
}

// fromQuery returns the values of a query as the JSON of a tool would have them.
func fromQuery(arguments []Argument, query url.Values) map[string]any {
	given := map[string]any{}
	for _, argument := range arguments {
		if !query.Has(argument.Name) {
			continue
		}
		text := query.Get(argument.Name)
		given[argument.Name] = text
		if argument.Kind == Number {
			if number, err := strconv.ParseFloat(text, 64); err == nil {
				given[argument.Name] = number
			}
		}
	}
	return given
}

// fromJSON returns the object that a body holds; readable is false when it is no JSON at all.
func fromJSON(body []byte) (given map[string]any, readable bool) {
	if !json.Valid(body) {
		return nil, false
	}
	_ = json.Unmarshal(body, &given) // another value than an object leaves it nil
	return given, true
}
