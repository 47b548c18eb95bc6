module finnest/calendar

go 1.26.6

require github.com/rickar/cal/v2 v2.1.13
