package domain

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/au"
)

// What the package of holidays does not know, each with the law or custom that it rests on.
var (
	// national are the holidays that every state of Australia has.
	national = []*cal.Holiday{
		au.NewYear, au.AustraliaDay, au.GoodFriday, au.EasterMonday, au.AnzacDay,
		au.MourningDay2022, au.ChristmasDay, au.BoxingDay,
	}

	// bankHoliday closes banks in New South Wales and the ACT on the first Monday in August.
	bankHoliday = &cal.Holiday{
		Name: "Bank Holiday", Type: cal.ObservanceBank,
		Month: time.August, Weekday: time.Monday, Offset: 1, Func: cal.CalcWeekdayOffset,
	}

	// anzacMonday is the additional holiday of New South Wales in 2026 and 2027, when ANZAC Day is on a weekend.
	anzacMonday = &cal.Holiday{
		Name: "ANZAC Day (additional day)", Type: cal.ObservancePublic, StartYear: 2026, EndYear: 2027,
		Month: time.April, Day: 26, Weekday: time.Monday, Offset: 1, Func: cal.CalcWeekdayFrom,
	}

	// showDay is the Royal Queensland Show's Wednesday. It is Brisbane's; here it counts for the whole state, so that a
	// payment is rather a day late than refused.
	showDay = &cal.Holiday{
		Name: "Royal Queensland Show", Type: cal.ObservancePublic,
		Month: time.August, Day: 10, Weekday: time.Wednesday, Offset: 1, Func: cal.CalcWeekdayFrom,
	}

	// birthdayWA is the King's Birthday in Western Australia: the last Monday in September unless proclaimed otherwise.
	birthdayWA = &cal.Holiday{
		Name: "Queen's Birthday", Type: cal.ObservancePublic,
		Month: time.September, Weekday: time.Monday, Offset: -1, Func: proclaimedWA,
	}

	// mourningNZ is Queen Elizabeth II Memorial Day.
	mourningNZ = &cal.Holiday{
		Name: "Queen Elizabeth II Memorial Day", Type: cal.ObservancePublic, StartYear: 2022, EndYear: 2022,
		Month: time.September, Day: 26, Func: cal.CalcDayOfMonth,
	}

	// matariki is on the days of schedule 1 of Te Kāhui o Matariki Public Holiday Act 2022.
	matariki = &cal.Holiday{
		Name: "Matariki", Type: cal.ObservancePublic, StartYear: FirstYear, EndYear: LastYear, Func: matarikiOf,
	}
)

// matarikiDays are the days from FirstYear to LastYear, as month and day.
var matarikiDays = [...]int{
	624, 714, 628, 620, 710, 625, 714, 706, 621, 711, 702, 624, 707, 629, 718, 710,
	625, 715, 706, 719, 711, 703, 624, 707, 629, 719, 703, 625, 715, 630, 621,
}

func matarikiOf(_ *cal.Holiday, year int) time.Time {
	day := matarikiDays[year-FirstYear]
	return time.Date(year, time.Month(day/100), day%100, 0, 0, 0, 0, cal.DefaultLoc)
}

func proclaimedWA(rule *cal.Holiday, year int) time.Time {
	if year == 2024 {
		return time.Date(year, time.September, 23, 0, 0, 0, 0, cal.DefaultLoc)
	}
	return cal.CalcWeekdayOffset(rule, year)
}
