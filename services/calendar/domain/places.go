// Package domain knows on which days the banks of Australia and New Zealand move money. It is pure: no clock, no I/O.
package domain

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/nz"
)

// FirstYear and LastYear bound the years that are known: from the oldest that payments may ask about to the last for
// which the law names the day of Matariki.
const (
	FirstYear = 2022
	LastYear  = 2052
)

// Refusal is a question that has no answer: the slug says which rule it breaks, the detail what to ask instead.
type Refusal struct {
	Slug, Detail string
}

func (r Refusal) Error() string { return r.Detail }

// Holiday is a day on which a place's banks move no money, weekend or not.
type Holiday struct {
	Day      time.Time // midnight UTC, read as a local date
	Name     string
	Observed bool // kept on this day because it falls on a weekend
}

// Place is a country, or a state whose holidays count too.
type Place struct {
	Code  string
	rules []*cal.Holiday
	kept  sync.Map // year -> []Holiday
}

var places = map[string]*Place{
	"AU":     {Code: "AU", rules: national},
	"AU-ACT": {Code: "AU-ACT", rules: with(au.HolidaysACT, bankHoliday)},
	"AU-NSW": {Code: "AU-NSW", rules: with(au.HolidaysNSW, bankHoliday, anzacMonday)},
	"AU-NT":  {Code: "AU-NT", rules: au.HolidaysNT},
	"AU-QLD": {Code: "AU-QLD", rules: with(au.HolidaysQLD, showDay)},
	"AU-SA":  {Code: "AU-SA", rules: au.HolidaysSA},
	"AU-TAS": {Code: "AU-TAS", rules: au.HolidaysTAS},
	"AU-VIC": {Code: "AU-VIC", rules: au.HolidaysVIC},
	"AU-WA":  {Code: "AU-WA", rules: with(without(au.HolidaysWA, au.QueensBirthdayWa), birthdayWA)},
	"NZ":     {Code: "NZ", rules: with(nz.Holidays, mourningNZ, matariki)},
}

// Places returns the codes of all places, in order.
func Places() []string {
	codes := make([]string, 0, len(places))
	for code := range places {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// Find returns a place by its code, or a Refusal that names those there are.
func Find(code string) (*Place, error) {
	if place, known := places[code]; known {
		return place, nil
	}
	return nil, Refusal{"no-such-place", "there is no such place; there are " + strings.Join(Places(), ", ")}
}

// Holidays returns the holidays of a year in order, or a Refusal for a year that is not known.
func (p *Place) Holidays(year int) ([]Holiday, error) {
	if year < FirstYear || year > LastYear {
		detail := fmt.Sprintf("holidays are known from %d to %d", FirstYear, LastYear)
		return nil, Refusal{"year-not-known", detail}
	}
	if kept, there := p.kept.Load(year); there {
		return kept.([]Holiday), nil
	}
	found := p.compute(year)
	p.kept.Store(year, found)
	return found, nil
}

func (p *Place) compute(year int) []Holiday {
	calendar := &cal.Calendar{}
	calendar.AddHoliday(p.rules...)
	var found []Holiday
	for day := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC); day.Year() == year; day = day.AddDate(0, 0, 1) {
		actual, observed, rule := calendar.IsHoliday(day)
		if actual || observed {
			found = append(found, Holiday{day, named(rule.Name, year), !actual})
		}
	}
	return found
}

func named(name string, year int) string {
	if year > 2022 {
		return strings.Replace(name, "Queen's Birthday", "King's Birthday", 1)
	}
	return name
}

func with(rules []*cal.Holiday, more ...*cal.Holiday) []*cal.Holiday {
	return append(slices.Clone(rules), more...)
}

func without(rules []*cal.Holiday, one *cal.Holiday) []*cal.Holiday {
	return slices.DeleteFunc(slices.Clone(rules), func(rule *cal.Holiday) bool { return rule == one })
}
