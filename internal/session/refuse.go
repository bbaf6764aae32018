package session

import (
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// refuse is the answer to a statement that Flink's grammar has and Weir, or
// Flink itself in streaming, does not execute.
func (s *Session) refuse(stmt ast.Statement) error {
	switch st := stmt.(type) {
	case *ast.Jar:
		if st.Remove {
			return unsupported(st, "jar", "SQL Gateway doesn't support REMOVE JAR syntax now.")
		}
		return unsupported(st, "jar", "ADD JAR is not supported: Weir runs no Java code; its own connectors need no jar")
	case *ast.Truncate:
		return s.refuseTruncate(st)
	case *ast.Delete:
		return s.refuseChange(st, st.Table, "DELETE")
	case *ast.Update:
		return s.refuseChange(st, st.Table, "UPDATE")
	case *ast.Analyze:
		if err := s.sinkOrView(st.Table); err != nil {
			return err
		}
		return unsupported(st, "analyze", "ANALYZE TABLE is not supported for streaming mode now")
	case *ast.CompilePlan:
		return unsupported(st, "plan", "COMPILE PLAN is not supported: Weir plans a statement anew each time and writes no compiled plans").
			WithHint("execute the statement itself; EXPLAIN shows its plan")
	case *ast.ExecutePlan:
		return unsupported(st, "plan", "EXECUTE PLAN is not supported: Weir cannot read the plans that Flink compiles").
			WithHint("execute the statement that '%s' was compiled from", st.Path)
	case *ast.CallProcedure:
		return unsupported(st, "procedure", "getProcedure is not implemented for class org.apache.flink.table.catalog.GenericInMemoryCatalog.")
	case *ast.CreateModel:
		return s.refuseKind(st, "CREATE", ast.ModelObject)
	case *ast.CreateConnection:
		return s.refuseKind(st, "CREATE", ast.ConnectionObject)
	case *ast.CreateMaterializedTable:
		return s.refuseKind(st, "CREATE", ast.MaterializedObject)
	case *ast.ClientCommand:
		return unsupported(st, "client", "%s is a command of the SQL shell and no statement", st.Word)
	}
	return unsupported(stmt, "statement", "%s is not supported by Weir", firstWords(ast.SQL(stmt)))
}

// kinds says why objects of some kinds are not there.
var kinds = map[ast.ObjectKind]string{
	ast.ModelObject:        "Weir has no model providers",
	ast.ConnectionObject:   "the catalogs in memory hold no connections; write the options into WITH",
	ast.MaterializedObject: "it needs a workflow scheduler; write CREATE TABLE and INSERT INTO",
}

func (s *Session) refuseKind(at ast.Node, verb string, what ast.ObjectKind) error {
	return unsupported(at, "object", "%s %s is not supported: %s", verb, what, kinds[what])
}

// refuseTruncate says as TRUNCATE TABLE in streaming does.
func (s *Session) refuseTruncate(st *ast.Truncate) error {
	if err := s.sinkOrView(st.Table); err != nil {
		return err
	}
	return unsupported(st, "truncate", "TRUNCATE TABLE statement is not supported in streaming mode.")
}

// refuseChange says as DELETE and UPDATE in streaming do.
func (s *Session) refuseChange(at ast.Node, name ast.Name, verb string) error {
	if t, v := s.catalog.Table(name.Strings()); t == nil && v == nil {
		_, err := s.binder().Query(&ast.TableQuery{Name: name})
		return err
	}
	return unsupported(at, strings.ToLower(verb), "%s statement is not supported for streaming mode now.", verb)
}

// sinkOrView is the error of a table that is not there.
func (s *Session) sinkOrView(name ast.Name) error {
	if t, v := s.catalog.Table(name.Strings()); t != nil || v != nil {
		return nil
	}
	return invalid(name, "table-not-found", "Cannot find table '%s' in any of the catalogs [%s], nor as a temporary table.",
		s.catalog.Path(name.Strings()).Quoted(), strings.Join(s.catalog.Catalogs(), ", "))
}

func firstWords(text string) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(len(words), 2)], " ")
}

// needsFlink refuses code for the Java virtual machine.
func needsFlink(at ast.Node, what, language string) error {
	return errs.New(errs.Unsupported, "function.language", "%s is written in %s, which needs a Flink cluster: Weir runs no Java code", what, language).
		At(at.Pos()).WithHint("write it in Python and register it from a PyFlink program")
}
