package domain

import (
	"fmt"
	"time"
)

// LongestSpan is the number of days that one count may cover.
const LongestSpan = 1100

// IsBusinessDay returns whether banks move money on a local date (midnight UTC); false also beyond the known years.
func (p *Place) IsBusinessDay(day time.Time) (bool, error) {
	holidays, err := p.Holidays(day.Year())
	if err != nil {
		return false, err
	}
	if isWeekend(day) {
		return false, nil
	}
	for _, holiday := range holidays {
		if holiday.Day.Equal(day) {
			return false, nil
		}
	}
	return true, nil
}

// Next returns the first business day from a date on, that date included, and then as many business days later as more
// says.
func (p *Place) Next(day time.Time, more int) (time.Time, error) {
	for {
		open, err := p.IsBusinessDay(day)
		if err != nil {
			return time.Time{}, err
		}
		if open && more == 0 {
			return day, nil
		}
		if open {
			more--
		}
		day = day.AddDate(0, 0, 1)
	}
}

// Count returns the number of business days between two dates, both included, and the holidays among the weekdays.
func (p *Place) Count(from, until time.Time) (int, []Holiday, error) {
	days := int(until.Sub(from).Hours()/24) + 1
	if days < 1 || days > LongestSpan {
		detail := fmt.Sprintf("until is the day of from or later, and at most %d days are counted", LongestSpan)
		return 0, nil, Refusal{"bad-span", detail}
	}
	closed := []Holiday{}
	for year := from.Year(); year <= until.Year(); year++ {
		holidays, err := p.Holidays(year)
		if err != nil {
			return 0, nil, err
		}
		for _, holiday := range holidays {
			if !isWeekend(holiday.Day) && !holiday.Day.Before(from) && !holiday.Day.After(until) {
				closed = append(closed, holiday)
			}
		}
	}
	count := -len(closed)
	for day := from; !day.After(until); day = day.AddDate(0, 0, 1) {
		if !isWeekend(day) {
			count++
		}
	}
	return count, closed, nil
}

func isWeekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}
