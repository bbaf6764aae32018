package bind

import (
	"weir/internal/sql/ast"
	"weir/internal/types"
)

// expandRow replaces row.* by the fields of a column that is a ROW, or of a
// field of one; ok is false when the star's name is none.
func (s *scope) expandRow(star *ast.Star) (items []item, ok bool) {
	if len(star.Qualifier) == 0 {
		return nil, false
	}
	row, err := s.resolve(star.Qualifier)
	if err != nil || row.Type().Kind != types.Row {
		return nil, false
	}
	for _, f := range row.Type().Fields {
		field := &ast.Field{At: star.At, X: &ast.Ref{At: star.At, Parts: star.Qualifier}, Name: ast.NameOf(f.Name)[0]}
		items = append(items, item{field, -1, f.Name})
	}
	return items, true
}
