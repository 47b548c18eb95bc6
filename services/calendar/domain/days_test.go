package domain

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func day(text string) time.Time {
	parsed, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func TestAHolidayIsNoBusinessDayAndTheNextOneIs(t *testing.T) {
	for _, one := range []struct{ place, holiday, next string }{
		{"AU", "2026-01-26", "2026-01-27"},     // Australia Day
		{"AU-NSW", "2026-04-03", "2026-04-07"}, // Good Friday to Easter Monday
		{"AU-NSW", "2026-04-27", "2026-04-28"}, // ANZAC Day on a Saturday
		{"AU-NSW", "2026-08-03", "2026-08-04"}, // Bank Holiday
		{"AU-NSW", "2026-12-25", "2026-12-29"}, // Christmas on Friday, Boxing Day observed on Monday
		{"AU-QLD", "2026-08-12", "2026-08-13"}, // the Show
		{"AU-VIC", "2026-11-03", "2026-11-04"}, // Melbourne Cup
		{"AU-WA", "2024-09-23", "2024-09-24"},  // the King's Birthday, proclaimed
		{"AU-WA", "2025-09-29", "2025-09-30"},  // and by the rule
		{"NZ", "2026-02-06", "2026-02-09"},     // Waitangi
		{"NZ", "2026-07-10", "2026-07-13"},     // Matariki
		{"NZ", "2022-09-26", "2022-09-27"},     // in memory of the Queen
		{"NZ", "2052-06-21", "2052-06-24"},     // the last Matariki that the law names
	} {
		place, _ := Find(one.place)
		if open, err := place.IsBusinessDay(day(one.holiday)); open || err != nil {
			t.Errorf("%s %s is a business day (%v)", one.place, one.holiday, err)
		}
		if next, err := place.Next(day(one.holiday), 0); err != nil || !next.Equal(day(one.next)) {
			t.Errorf("%s after %s comes %v (%v)", one.place, one.holiday, next, err)
		}
	}
}

func TestACountAgreesWithAskingDayByDay(t *testing.T) {
	from, until := day("2025-12-20"), day("2027-01-10")
	for _, code := range Places() {
		place, _ := Find(code)
		asked := 0
		for one := from; !one.After(until); one = one.AddDate(0, 0, 1) {
			if open, _ := place.IsBusinessDay(one); open {
				asked++
			}
		}
		count, closed, err := place.Count(from, until)
		if err != nil || count != asked {
			t.Errorf("%s: %d instead of %d (%v)", code, count, asked, err)
		}
		last, err := place.Next(from, count-1)
		if err != nil || last.After(until) {
			t.Errorf("%s: business day %d is %v (%v)", code, count, last, err)
		}
		if !slices.IsSortedFunc(closed, func(a, b Holiday) int { return a.Day.Compare(b.Day) }) {
			t.Errorf("%s: holidays are not in order", code)
		}
	}
}

func TestTheMonarchIsTheOneWhoReigns(t *testing.T) {
	place, _ := Find("AU-VIC")
	for year, name := range map[int]string{2022: "Queen's Birthday", 2023: "King's Birthday"} {
		holidays, _ := place.Holidays(year)
		if !slices.ContainsFunc(holidays, func(one Holiday) bool { return one.Name == name }) {
			t.Errorf("%d has no %s", year, name)
		}
	}
}

func TestWhatIsNotKnownIsRefused(t *testing.T) {
	place, _ := Find("NZ")
	_, unknown := Find("FR")
	_, early := place.Holidays(FirstYear - 1)
	_, late := place.Next(day("2052-12-30"), 5)
	_, _, long := place.Count(day("2024-01-01"), day("2028-01-01"))
	_, _, backwards := place.Count(day("2024-01-02"), day("2024-01-01"))
	for i, err := range []error{unknown, early, late, long, backwards} {
		if !errors.As(err, new(Refusal)) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func TestABankTakesPaymentsUntilItsCutOffOnADayOnWhichItProcesses(t *testing.T) {
	banks, err := ReadBanks([]byte(`[{"bank": "AU-OWN", "name": "Own", "closes": "16:30", "time_zone": "Australia/Sydney",
		"place": "AU-NSW", "days": "business"}]`))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct{ bank, on, closes string }{
		{"AU-NAB", "2026-11-24", "2026-11-24T18:00:00+11:00"},
		{"AU-NAB", "2026-12-25", "2026-12-29T18:00:00+11:00"},
		{"AU-OWN", "2026-07-01", "2026-07-01T16:30:00+10:00"},
		{"NZ-ANZ", "2026-12-25", "2026-12-25T22:00:00+13:00"},
	} {
		found, err := banks.CutOff(one.bank, day(one.on))
		if err != nil || found.Closes.Format(time.RFC3339) != one.closes {
			t.Errorf("%s on %s closes %v (%v)", one.bank, one.on, found.Closes, err)
		}
		if found.Open != (found.Processed.Format(time.DateOnly) == one.on) {
			t.Errorf("%s on %s: open %v", one.bank, one.on, found.Open)
		}
	}
	if _, err := banks.CutOff("AU-NONE", day("2026-11-24")); !errors.As(err, new(Refusal)) {
		t.Error(err)
	}
}

func TestAFileOfBanksThatIsWrongIsToldAtTheStart(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`[{"bank": "AU-X", "closes": "25:00", "time_zone": "Australia/Sydney", "place": "AU", "days": "every"}]`,
		`[{"bank": "AU-X", "closes": "16:00", "time_zone": "Nowhere", "place": "AU", "days": "every"}]`,
		`[{"bank": "AU-X", "closes": "16:00", "time_zone": "Australia/Sydney", "place": "FR", "days": "every"}]`,
		`[{"bank": "AU-X", "closes": "16:00", "time_zone": "Australia/Sydney", "place": "AU", "days": "never"}]`,
	} {
		if _, err := ReadBanks([]byte(text)); err == nil {
			t.Error(text)
		}
	}
}
