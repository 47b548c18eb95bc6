package api

import (
	"fmt"
	"strings"
	"time"

	"finnest/calendar/domain"
)

// Answer is what an operation says: a sentence for a person, and the facts for a program.
type Answer struct {
	Summary string         `json:"summary"`
	Content map[string]any `json:"content"`
}

// Operation is one question: `GET` of its path, or `POST` of its tool with the same arguments.
type Operation struct {
	Tool, Path  string
	Description string
	Says        []string
	Arguments   []Argument
	Do          func(Given) (Answer, error)
}

const mostDaysOn = 250

// Operations returns all questions that the feature answers.
func Operations(banks domain.Banks) []Operation {
	place := Argument{
		Name: "place", Kind: Choice, Words: domain.Places(), Spoken: spokenPlaces, Says: "A country, or a state: AU-NSW.",
	}
	year := Argument{Name: "year", Kind: Number, Min: domain.FirstYear, Max: domain.LastYear, Says: "A calendar year."}
	on := Argument{Name: "on", Kind: Date, Says: "A local date."}
	return []Operation{
		{
			Tool: "list_holidays", Path: "/v1/calendar/holidays",
			Description: "List the public and bank holidays of a year in Australia, one of its states, or New Zealand.",
			Says:        []string{"public holidays", "bank holidays"},
			Arguments:   []Argument{place, year},
			Do:          listHolidays,
		},
		{
			Tool: "count_business_days", Path: "/v1/calendar/business-days",
			Description: "Count the business days of a place between two dates, both included.",
			Says:        []string{"how many business days", "how many working days"},
			Arguments: []Argument{
				place,
				{Name: "from", Kind: Date, Says: "The first date."},
				{Name: "until", Kind: Date, Says: "The last date."},
			},
			Do: countDays,
		},
		{
			Tool: "find_business_day", Path: "/v1/calendar/business-day",
			Description: "Say the first business day of a place on a date or after it, or one that is some business days later.",
			Says:        []string{"business day", "working day", "banking day"},
			Arguments: []Argument{place, on, {
				Name: "more", Kind: Number, Max: mostDaysOn, Default: 0, Says: "Business days to go on from there.",
			}},
			Do: nextDay,
		},
		{
			Tool: "find_cut_off", Path: "/v1/calendar/cut-off",
			Description: "Say until when a bank takes a file for the same date.",
			Says:        []string{"cut-off", "cut off", "bank takes files until"},
			Arguments: []Argument{{
				Name: "bank", Kind: Choice, Words: banks.Codes(), Spoken: spokenBanks(banks), Says: "A bank: AU-NAB.",
			}, on},
			Do: func(given Given) (Answer, error) { return cutOff(banks, given) },
		},
	}
}

func listHolidays(given Given) (Answer, error) {
	place, err := domain.Find(given["place"].(string))
	if err != nil {
		return Answer{}, err
	}
	year := given["year"].(int)
	holidays, err := place.Holidays(year)
	if err != nil {
		return Answer{}, err
	}
	content := map[string]any{"place": place.Code, "year": year, "items": listed(holidays), "next": nil}
	return Answer{fmt.Sprintf("%s has %d holidays in %d.", place.Code, len(holidays), year), content}, nil
}

func countDays(given Given) (Answer, error) {
	place, err := domain.Find(given["place"].(string))
	if err != nil {
		return Answer{}, err
	}
	from, until := given["from"].(time.Time), given["until"].(time.Time)
	count, closed, err := place.Count(from, until)
	if err != nil {
		return Answer{}, err
	}
	summary := fmt.Sprintf("From %s to %s there are %d business days in %s.", date(from), date(until), count, place.Code)
	return Answer{summary, map[string]any{
		"place": place.Code, "from": date(from), "until": date(until), "count": count, "closed": listed(closed),
	}}, nil
}

func nextDay(given Given) (Answer, error) {
	place, err := domain.Find(given["place"].(string))
	if err != nil {
		return Answer{}, err
	}
	on, more := given["on"].(time.Time), given["more"].(int)
	day, err := place.Next(on, more)
	if err != nil {
		return Answer{}, err
	}
	summary := fmt.Sprintf("In %s that is %s.", place.Code, day.Format("Monday 2 January 2006"))
	return Answer{summary, map[string]any{
		"place": place.Code, "on": date(on), "more": more, "business_day": date(day),
	}}, nil
}

func cutOff(banks domain.Banks, given Given) (Answer, error) {
	on := given["on"].(time.Time)
	found, err := banks.CutOff(given["bank"].(string), on)
	if err != nil {
		return Answer{}, err
	}
	bank := found.Bank
	summary := fmt.Sprintf("%s takes payments for %s until %s (%s).",
		bank.Name, date(found.Processed), found.Closes.Format("15:04"), bank.Zone)
	return Answer{summary, map[string]any{
		"bank": bank.Code, "name": bank.Name, "on": date(on), "open": found.Open, "processed_on": date(found.Processed),
		"closes_at": found.Closes.Format(time.RFC3339), "time_zone": bank.Zone, "source": bank.Source,
	}}, nil
}

// spokenPlaces are the words by which people mean a place.
var spokenPlaces = map[string]string{
	"australia": "AU", "new zealand": "NZ", "act": "AU-ACT", "nsw": "AU-NSW", "new south wales": "AU-NSW",
	"northern territory": "AU-NT", "queensland": "AU-QLD", "qld": "AU-QLD", "south australia": "AU-SA",
	"tasmania": "AU-TAS", "victoria": "AU-VIC", "vic": "AU-VIC", "western australia": "AU-WA",
}

// spokenBanks returns the words by which people mean a bank: its name, and its abbreviation where one bank has it.
func spokenBanks(banks domain.Banks) map[string]string {
	words, seen := map[string]string{}, map[string]int{}
	for _, code := range banks.Codes() {
		_, short, _ := strings.Cut(strings.ToLower(code), "-")
		words[strings.ToLower(banks[code].Name)], words[short] = code, code
		seen[short]++
	}
	for short, times := range seen {
		if times > 1 {
			delete(words, short)
		}
	}
	return words
}

func listed(holidays []domain.Holiday) []map[string]any {
	items := []map[string]any{}
	for _, one := range holidays {
		items = append(items, map[string]any{"date": date(one.Day), "name": one.Name, "observed": one.Observed})
	}
	return items
}

func date(day time.Time) string { return day.Format(time.DateOnly) }
