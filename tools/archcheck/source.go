package archcheck

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
)

// whyState is the reason against package-level state.
const whyState = "what a package remembers belongs to a value that its user made: two of them must be able to live side by side, and tests in parallel"

// A source is one package, parsed.
type source struct {
	path  string // without the module's name
	fset  *token.FileSet
	files []*ast.File // without generated ones
}

// CheckSource returns the breaches that one package's own code shows: init
// functions, package-level state, clocks in pure packages.
func CheckSource(p Package) ([]Violation, error) {
	s := source{path: short(p.ImportPath), fset: token.NewFileSet()}
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(s.fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		if !ast.IsGenerated(f) {
			s.files = append(s.files, f)
		}
	}
	return s.check(), nil
}

func (s source) check() []Violation {
	found := append(s.inits(), s.state()...)
	if anyMatch(s.path, pure) {
		found = append(found, s.clocks()...)
	}
	return found
}

func (s source) violation(at token.Pos, what, why string) Violation {
	position := s.fset.Position(at)
	return Violation{fmt.Sprintf("%s/%s:%d", s.path, filepath.Base(position.Filename), position.Line), what, why}
}

func (s source) inits() []Violation {
	var found []Violation
	for _, f := range s.files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				found = append(found, s.violation(fn.Pos(), "has an init function", "importing a package does nothing; its user calls a constructor"))
			}
		}
	}
	return found
}

func (s source) clocks() []Violation {
	var found []Violation
	for _, f := range s.files {
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && clocks[sel.Sel.Name] {
				found = append(found, s.violation(sel.Pos(), "calls time."+sel.Sel.Name, whyPure))
			}
			return true
		})
	}
	return found
}

// state returns the package-level variables that something changes, that
// others could change, or whose type exists to be changed.
func (s source) state() []Violation {
	variables := make(map[string]*ast.ValueSpec)
	var found []Violation
	for _, f := range s.files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					variables[name.Name] = v
					if what := kept(v, i); what != "" && !s.excepted(name.Name) {
						found = append(found, s.violation(name.Pos(), "keeps "+what+" in the package-level variable "+name.Name, whyState))
					}
				}
			}
		}
	}
	for _, f := range s.files {
		ast.Inspect(f, func(n ast.Node) bool {
			for _, target := range changed(n) {
				v, ok := variables[target.Name]
				if !ok || target.Obj != nil && target.Obj.Decl != v || s.excepted(target.Name) {
					continue // a variable of another scope
				}
				found = append(found, s.violation(target.Pos(), "changes the package-level variable "+target.Name, whyState))
			}
			return true
		})
	}
	return found
}

func (s source) excepted(name string) bool {
	return slices.ContainsFunc(stateExceptions, func(e Exception) bool { return e.Where == s.path+"."+name })
}

// kept names what makes a declaration state by itself: a lock, an atomic or a
// pool, which exist to be changed, or an exported map, slice or pointer.
func kept(v *ast.ValueSpec, i int) string {
	var value ast.Expr
	if i < len(v.Values) {
		value = v.Values[i]
	}
	for _, e := range []ast.Expr{v.Type, value} {
		if c, ok := e.(*ast.CompositeLit); ok {
			e = c.Type
		}
		if sel, ok := e.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "sync" || x.Name == "atomic") {
				return "a " + x.Name + "." + sel.Sel.Name
			}
		}
		if !v.Names[i].IsExported() {
			continue
		}
		switch e := e.(type) {
		case *ast.MapType:
			return "an exported map"
		case *ast.ArrayType:
			if e.Len == nil {
				return "an exported slice"
			}
		case *ast.StarExpr:
			return "an exported pointer"
		case *ast.UnaryExpr:
			return "an exported pointer"
		}
	}
	return ""
}

// changed returns the variables that a statement changes: by assignment to them
// or to a part of them, by ++ and --, by delete, clear and taking their address.
func changed(n ast.Node) []*ast.Ident {
	var targets []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			targets = n.Lhs
		}
	case *ast.IncDecStmt:
		targets = []ast.Expr{n.X}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			targets = []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
			targets = n.Args[:1]
		}
	}
	var names []*ast.Ident
	for _, target := range targets {
		if name := root(target); name != nil {
			names = append(names, name)
		}
	}
	return names
}

// root returns the variable of which an expression is a part, nil for others.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}
