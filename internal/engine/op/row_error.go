package op

import "errors"

// RowError is an operator's failure at one row of the batch it was given. Where
// rows keep their physical numbers from a source on (see Transparent), the source
// can tell which record the row came from; elsewhere the number means nothing and
// is taken off (Unplaced). Its text is the cause's.
type RowError struct {
	Row int
	Err error
}

// Error is the cause's text.
func (e *RowError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *RowError) Unwrap() error { return e.Err }

// Unplaced is err without the number of a row.
func Unplaced(err error) error {
	var e *RowError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
