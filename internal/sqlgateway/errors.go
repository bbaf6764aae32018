package sqlgateway

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/parser"
)

// The classes of Flink's exceptions, which clients and people search for.
const (
	handlerException     = "org.apache.flink.runtime.rest.handler.RestHandlerException"
	parameterException   = "org.apache.flink.runtime.rest.handler.HandlerRequestException"
	gatewayException     = "org.apache.flink.table.gateway.api.utils.SqlGatewayException"
	executionException   = "org.apache.flink.table.gateway.service.utils.SqlExecutionException"
	validationException  = "org.apache.flink.table.api.ValidationException"
	parserException      = "org.apache.flink.table.api.SqlParserException"
	eofException         = "org.apache.flink.table.api.SqlParserEOFException"
	tableException       = "org.apache.flink.table.api.TableException"
	sqlParseException    = "org.apache.calcite.sql.parser.SqlParseException"
	parseException       = "org.apache.flink.sql.parser.impl.ParseException"
	contextException     = "org.apache.calcite.runtime.CalciteContextException"
	validatorException   = "org.apache.calcite.sql.validate.SqlValidatorException"
	unsupportedException = "java.lang.UnsupportedOperationException"
	runtimeException     = "org.apache.flink.util.FlinkRuntimeException"
)

// exception is an error as Java prints it: a class, a message, a cause.
type exception struct {
	class, msg string
	cause      error
}

func (e *exception) Error() string { return e.class + ": " + e.msg }

// Unwrap gives the cause.
func (e *exception) Unwrap() error { return e.cause }

func javaError(class, format string, args ...any) *exception {
	return &exception{class: class, msg: fmt.Sprintf(format, args...)}
}

func (e *exception) because(err error) *exception { e.cause = err; return e }

// refusal is an error with what HTTP says of it: handlers that know what went
// wrong answer with the stack trace alone, others add a line before it.
type refusal struct {
	error
	status  int
	handled bool
}

func badRequest(format string, args ...any) error {
	return refusal{error: javaError(handlerException, format, args...), status: http.StatusBadRequest, handled: true}
}

// badParameter refuses a part of the address: what is "path parameter (token)".
func badParameter(what, value string) error {
	cause := javaError(parameterException, "Cannot resolve %s from value \"%s\".", what, value)
	return refusal{status: http.StatusBadRequest, handled: true,
		error: javaError(handlerException, "Bad request, could not parse parameters: %s", cause.msg).because(cause)}
}

// ofHandler wraps the failure of a call that names the gateway's method.
func ofHandler(method string, err error) error {
	if err == nil || isRefusal(err) {
		return err
	}
	text := "Failed to " + method + "."
	return refusal{status: http.StatusInternalServerError, handled: true,
		error: javaError(handlerException, "%s", text).because(javaError(gatewayException, "%s", text).because(err))}
}

// ofFetch wraps the failure of a fetch.
func ofFetch(err error) error {
	if err == nil || isRefusal(err) {
		return err
	}
	inner := javaError(gatewayException, "Failed to fetchResults.").because(err)
	return refusal{status: http.StatusInternalServerError, error: javaError(gatewayException, "%s", inner.Error()).because(inner)}
}

// ofService wraps the failure of a call with a statement.
func ofService(text string, err error) error {
	if err == nil || isRefusal(err) {
		return err
	}
	return refusal{status: http.StatusInternalServerError, error: javaError(gatewayException, "%s", text).because(err)}
}

func isRefusal(err error) bool {
	var r refusal
	return errors.As(err, &r)
}

// rendered is an error as an answer: its status, and the texts of "errors".
func rendered(err error) (int, []string) {
	var r refusal
	if !errors.As(err, &r) {
		r = refusal{error: err, status: http.StatusInternalServerError}
	}
	text := trace(r.error)
	if r.handled {
		return r.status, []string{text}
	}
	return r.status, []string{"Internal server error.", "<Exception on server side:\n" + text + "\nEnd of exception on server side>"}
}

// trace prints an error and its causes as Java prints a stack trace: a line
// each, the cause that matters last, and one frame, at which Flink's client
// knows that the message ends. Clients show the last cause.
func trace(err error) string {
	var b strings.Builder
	for _, e := range causes(err) {
		if b.Len() > 0 {
			b.WriteString("Caused by: ")
		}
		b.WriteString(e + "\n")
	}
	b.WriteString("\tat weir.sqlgateway(Unknown Source)\n")
	return b.String()
}

func causes(err error) (lines []string) {
	for err != nil {
		var x *exception
		var e *errs.Error
		switch next := errors.Unwrap(err); {
		case errors.As(err, &x) && error(x) == err:
			lines, err = append(lines, x.Error()), x.cause
		case errors.As(err, &e) && error(e) == err:
			return append(lines, ofErrs(e)...)
		case next == nil, !errors.As(err, &x) && !errors.As(err, &e):
			return append(lines, runtimeException+": "+err.Error())
		default:
			lines, err = append(lines, runtimeException+": "+err.Error()), next
		}
	}
	return lines
}

// ofCalcite reports whether Flink leaves the finding of an error to Calcite: a
// name in a query that is not there.
func ofCalcite(e *errs.Error) bool {
	switch e.Code {
	case "sql.column-not-found", "sql.column-ambiguous", "sql.function-not-found":
		return !e.Pos.IsZero()
	case "sql.table-not-found":
		return !e.Pos.IsZero() && strings.HasPrefix(e.Msg, "Object '")
	}
	return false
}

// ofErrs is an error of SQL, an option or a job.
func ofErrs(e *errs.Error) []string {
	whole := e.Error()
	last := errs.New(e.Kind, e.Code, "%s", e.Msg)
	last.Hint, last.Err = e.Hint, e.Err
	switch {
	case e.Code == parser.CodeIncomplete: // by which clients know that more has to come
		return []string{eofException + ": " + whole, sqlParseException + ": " + whole, parseException + ": " + whole}
	case e.Code == parser.CodeSyntax:
		return []string{parserException + ": SQL parse failed. " + whole, sqlParseException + ": " + whole, parseException + ": " + whole}
	case e.Kind == errs.Unsupported:
		return []string{tableException + ": " + whole}
	case ofCalcite(e):
		return []string{validationException + ": SQL validation failed. " + whole, contextException + ": " + whole, validatorException + ": " + last.Error()}
	case e.Kind == errs.Invalid && !e.Pos.IsZero():
		return []string{validationException + ": SQL validation failed. " + whole, validationException + ": " + last.Error()}
	case e.Kind == errs.Invalid:
		return []string{validationException + ": " + whole}
	}
	return []string{runtimeException + ": " + whole}
}
