package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Canonical returns the canonical JSON (RFC 8785) of a value as encoding/json reads it into an any.
func Canonical(value any) ([]byte, error) {
	var out bytes.Buffer
	if err := write(&out, value); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func write(out *bytes.Buffer, value any) error {
	switch one := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(one))
	case string:
		writeText(out, one)
	case float64:
		return writeNumber(out, one)
	case []any:
		return writeList(out, one)
	case map[string]any:
		return writeObject(out, one)
	default:
		return fmt.Errorf("%T has no canonical JSON", value)
	}
	return nil
}

func writeList(out *bytes.Buffer, list []any) error {
	out.WriteByte('[')
	for i, item := range list {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := write(out, item); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

func writeObject(out *bytes.Buffer, object map[string]any) error {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	// Names are in the order of their UTF-16 code units, not of their bytes.
	slices.SortFunc(names, func(a, b string) int {
		return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
	})
	out.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			out.WriteByte(',')
		}
		writeText(out, name)
		out.WriteByte(':')
		if err := write(out, object[name]); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

func writeText(out *bytes.Buffer, text string) {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	start := out.Len()
	_ = encoder.Encode(text) // a string can always be encoded
	// encoding/json escapes two line ends that RFC 8785 leaves as they are, and ends with a line feed.
	said := strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029").Replace(out.String()[start:])
	out.Truncate(start)
	out.WriteString(strings.TrimSuffix(said, "\n"))
}

// writeNumber writes a number as ECMAScript does.
func writeNumber(out *bytes.Buffer, number float64) error {
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return fmt.Errorf("%v is no JSON number", number)
	}
	size := math.Abs(number)
	if size == 0 {
		out.WriteByte('0')
		return nil
	}
	if size >= 1e-6 && size < 1e21 {
		out.WriteString(strconv.FormatFloat(number, 'f', -1, 64))
		return nil
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(number, 'e', -1, 64), "e")
	out.WriteString(mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0"))
	return nil
}
