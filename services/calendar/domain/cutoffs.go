package domain

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

//go:embed cutoffs.json
var shipped []byte

// Bank is until when a bank takes files and payments to other banks for the same day.
type Bank struct {
	Code   string `json:"bank"` // AU- or NZ- and the bank's abbreviation
	Name   string `json:"name"`
	Closes string `json:"closes"` // HH:MM in Zone
	Zone   string `json:"time_zone"`
	Place  string `json:"place"` // whose holidays count
	Days   string `json:"days"`  // `business`, or `every` where payments go on each day
	Source string `json:"source"`
}

// CutOff is a bank's last moment on one day.
type CutOff struct {
	Bank      Bank
	Open      bool      // whether the bank processes on the day that was asked about
	Processed time.Time // that day, or the next one on which it does
	Closes    time.Time // the instant at which Processed closes
}

// Banks are the known banks by code.
type Banks map[string]Bank

// ReadBanks returns the shipped banks, with those of a file of the same form over them; own may be empty.
func ReadBanks(own []byte) (Banks, error) {
	banks := Banks{}
	for _, text := range [][]byte{shipped, own} {
		var rows []Bank
		if len(text) == 0 {
			continue
		}
		if err := json.Unmarshal(text, &rows); err != nil {
			return nil, fmt.Errorf("a list of banks was expected: %w", err)
		}
		for _, row := range rows {
			if _, err := row.closing(time.Unix(0, 0).UTC()); err != nil {
				return nil, fmt.Errorf("%s: %w", row.Code, err)
			}
			if _, err := Find(row.Place); err != nil {
				return nil, fmt.Errorf("%s: %w", row.Code, err)
			}
			if row.Days != "business" && row.Days != "every" {
				return nil, fmt.Errorf("%s: days is `business` or `every`", row.Code)
			}
			banks[row.Code] = row
		}
	}
	return banks, nil
}

// Codes returns the codes of all banks, in order.
func (b Banks) Codes() []string {
	codes := make([]string, 0, len(b))
	for code := range b {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// CutOff returns until when a bank takes payments for a date, or for the next day on which it processes.
func (b Banks) CutOff(code string, day time.Time) (CutOff, error) {
	bank, known := b[code]
	if !known {
		detail := "the cut-off of this bank is not known; there are " + strings.Join(b.Codes(), ", ")
		return CutOff{}, Refusal{"no-such-bank", detail}
	}
	processed := day
	if bank.Days == "business" {
		place, err := Find(bank.Place)
		if err != nil {
			return CutOff{}, err
		}
		if processed, err = place.Next(day, 0); err != nil {
			return CutOff{}, err
		}
	}
	closes, err := bank.closing(processed)
	return CutOff{bank, processed.Equal(day), processed, closes}, err
}

func (b Bank) closing(day time.Time) (time.Time, error) {
	zone, err := time.LoadLocation(b.Zone)
	if err != nil {
		return time.Time{}, err
	}
	return time.ParseInLocation("2006-01-02 15:04", day.Format(time.DateOnly)+" "+b.Closes, zone)
}
