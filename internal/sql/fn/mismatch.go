package fn

import (
	"fmt"
	"strconv"
	"strings"
)

// Mismatch is the error of arguments that fit none of a function's signatures.
type Mismatch struct {
	// Forms are the argument lists it takes, as Flink prints them:
	// "str <CHARACTER_STRING>, regex <CHARACTER_STRING>".
	Forms []string
	// Counts are the numbers of arguments of Forms; Count says that none of
	// them is the number given.
	Counts []int
	Count  bool
	// Calcite asks for the text that Flink's older functions have.
	Calcite bool
	Reason  string
}

// Error says what is wrong, without the function's name.
func (m *Mismatch) Error() string { return m.Reason }

// Explain is Flink's text for a call of function name with arguments of types:
// given as Flink prints them ("INT NOT NULL"), operands as Calcite does
// ("<INTEGER>"), families as Calcite does where it has no such function
// ("<NUMERIC>").
func (m *Mismatch) Explain(name, given, operands, families string) string {
	switch {
	case m.Calcite && m.Count && len(m.Counts) > 0:
		return "Invalid number of arguments to function '" + name + "'. Was expecting " + strconv.Itoa(m.Counts[0]) + " arguments"
	case m.Calcite:
		forms := make([]string, len(m.Forms))
		for i, f := range m.Forms {
			forms[i] = "'" + name + "(" + f + ")'"
		}
		return "Cannot apply '" + name + "' to arguments of type '" + name + "(" + operands + ")'. Supported form(s): " + strings.Join(forms, "\n")
	}
	text := "SQL validation failed. Invalid function call:\n" + name + "(" + given + ")\nInvalid input arguments. Expected signatures are:"
	if m.Count {
		text = "No match found for function signature " + name + "(" + families + ").\nSupported signatures are:"
	}
	for _, f := range m.Forms {
		text += "\n" + name + "(" + f + ")"
	}
	return text
}

// mismatch lists the forms of a signature: one for each number of arguments it
// takes.
func mismatch(wants []want, calcite, count bool, reason string) *Mismatch {
	m := &Mismatch{Calcite: calcite, Count: count, Reason: reason}
	least, _ := arity(wants)
	for n := least; n <= len(wants); n++ {
		if n < len(wants) && wants[n].repeated {
			continue
		}
		parts := make([]string, n)
		for i, w := range wants[:n] {
			parts[i] = w.what
			if w.arg != "" {
				parts[i] = w.arg + " " + w.what
			}
			if w.repeated {
				parts[i] += "..."
			}
		}
		m.Forms = append(m.Forms, strings.Join(parts, ", "))
		m.Counts = append(m.Counts, n)
	}
	return m
}

func countText(least, most int) string {
	switch {
	case most == 0:
		return "no arguments"
	case least == most && least == 1:
		return "1 argument"
	case least == most:
		return fmt.Sprintf("%d arguments", least)
	case most >= 1<<15:
		return fmt.Sprintf("at least %d arguments", least)
	}
	return fmt.Sprintf("%d to %d arguments", least, most)
}

// Signature is a function's argument lists as DESCRIBE FUNCTION EXTENDED has
// them, under the name that was asked for.
func (d *Def) Signature(name string) string {
	args := strings.TrimPrefix(d.Usage, d.Name)
	return name + strings.NewReplacer("(numeric", "(<NUMERIC>", ", numeric", ", <NUMERIC>").Replace(args)
}
