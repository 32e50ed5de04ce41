package js

// Kind says what a node is. The comment beside each names its operands, which the accessors of [Tree] give out.
type Kind uint8

const (
	None Kind = iota

	Program // List: statements

	// Statements
	Block      // List
	VarDecl    // List: Declarators; Op: OpVar, OpLet, OpConst
	Declarator // Target, Value (may be 0)
	ExprStmt   // Operand; Directive when it is one ("use strict")
	If         // Test, Then, Else
	For        // Init, Test, Step, Body: all but Body may be 0
	ForIn      // Left (VarDecl or target), Right, Body
	ForOf      // as ForIn; IsAwait for "for await"
	While      // Test, Body
	DoWhile    // Body, Test
	Return     // Operand (may be 0)
	Throw      // Operand
	Break      // Name is the label or ""
	Continue   // Name is the label or ""
	Labeled    // Name is the label; Body
	Switch     // Test, List: Cases
	Case       // Test (0 for default), List
	Try        // Body, Handler (may be 0), Finally (may be 0)
	Catch      // Target (may be 0), Body
	With       // Operand, Body
	Empty
	Debugger

	// Modules
	Import        // List: ImportSpecs; From
	ImportSpec    // Key: the other module's name (0 for default and namespace); Value: Ident; Op: OpNone, OpDefault, OpNamespace
	ExportNamed   // List: ExportSpecs; From (may be 0)
	ExportSpec    // Value: Ident or Name; Key: name outside
	ExportDecl    // Operand: VarDecl, Function or Class
	ExportDefault // Operand: expression, Function or Class
	ExportAll     // Key: name of the namespace (0 for a plain star); From

	// Functions and classes, as declarations (IsDecl) and expressions
	Function    // Ident (may be 0), Params, Body: Block, or an expression when IsExprBody
	Class       // Ident (may be 0), Super (may be 0), List: Method, Field, StaticBlock
	Method      // Key, Value: Function; Op: OpNone, OpGet, OpSet; IsComputed, IsStatic
	Field       // Key, Value (may be 0); IsComputed, IsStatic
	StaticBlock // List

	// Expressions
	Ident          // a use or a declaration of a binding: Name, Binding
	Name           // a word that is not looked up: key, label, name of an import
	PrivateName    // Name with its #
	String         // Str
	Number         // Num
	BigInt         // Str: digits as written, without n
	Regexp         // Str: pattern, RegexpFlags
	Bool           // Op: OpTrue, OpFalse
	Null           //
	This           //
	Super          //
	Template       // List: TemplateText, expression, TemplateText, …
	TemplateText   // Str: cooked; RawStr
	TaggedTemplate // Callee, Operand: Template
	Array          // List, with 0 for holes
	Object         // List: Property, Spread
	Property       // Key, Value; Op: OpNone, OpGet, OpSet, OpMethod; IsComputed, IsShorthand
	Spread         // Operand
	Unary          // Op, Operand
	Update         // Op: OpInc, OpDec; Operand; IsPrefix
	Binary         // Op, Left, Right
	Logical        // Op: OpAnd, OpOr, OpNullish; Left, Right
	Assign         // Op: OpNone for =, otherwise that of += and its like; Left, Right
	Cond           // Test, Then, Else
	Call           // Callee, Args; IsOptional
	New            // Callee, Args
	Dot            // Object, Name; IsOptional, IsPrivate
	Index          // Object, Right: the key; IsOptional
	Sequence       // List
	Await          // Operand
	Yield          // Operand (may be 0); IsDelegate
	ImportCall     // Args
	ImportMeta     //
	NewTarget      //

	// Patterns
	ArrayPattern  // List, with 0 for holes
	ObjectPattern // List: Property, Rest
	AssignPattern // Left: target, Right: default
	Rest          // Operand

	kinds
)

var kindNames = [kinds]string{
	"None", "Program", "Block", "VarDecl", "Declarator", "ExprStmt", "If", "For", "ForIn", "ForOf", "While", "DoWhile",
	"Return", "Throw", "Break", "Continue", "Labeled", "Switch", "Case", "Try", "Catch", "With", "Empty", "Debugger",
	"Import", "ImportSpec", "ExportNamed", "ExportSpec", "ExportDecl", "ExportDefault", "ExportAll",
	"Function", "Class", "Method", "Field", "StaticBlock",
	"Ident", "Name", "PrivateName", "String", "Number", "BigInt", "Regexp", "Bool", "Null", "This", "Super", "Template",
	"TemplateText", "TaggedTemplate", "Array", "Object", "Property", "Spread", "Unary", "Update", "Binary", "Logical",
	"Assign", "Cond", "Call", "New", "Dot", "Index", "Sequence", "Await", "Yield", "ImportCall", "ImportMeta", "NewTarget",
	"ArrayPattern", "ObjectPattern", "AssignPattern", "Rest",
}

func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return "?"
}

// operand says what one of a node's four words is.
type operand uint8

const (
	other operand = iota // an atom, a number, a scope: nothing to walk into
	child
	list
)

// shapes says which operands lead to children, in source order.
var shapes = [kinds][4]operand{
	Program: {list}, Block: {list}, VarDecl: {list}, Declarator: {child, child}, ExprStmt: {child},
	If: {child, child, child}, For: {child, child, child, child}, ForIn: {child, child, child}, ForOf: {child, child, child},
	While: {child, child}, DoWhile: {child, child}, Return: {child}, Throw: {child}, Labeled: {other, child},
	Switch: {child, list}, Case: {child, list}, Try: {child, child, child}, Catch: {child, child}, With: {child, child},
	Import: {list, child, list}, ImportSpec: {child, child}, ExportNamed: {list, child, list}, ExportSpec: {child, child},
	ExportDecl: {child}, ExportDefault: {child}, ExportAll: {child, child, list},
	Function: {child, list, child}, Class: {child, child, list}, Method: {child, child}, Field: {child, child},
	StaticBlock: {list}, Template: {list}, TaggedTemplate: {child, child}, Array: {list}, Object: {list},
	Property: {child, child}, Spread: {child}, Unary: {child}, Update: {child}, Binary: {child, child},
	Logical: {child, child}, Assign: {child, child}, Cond: {child, child, child}, Call: {child, list}, New: {child, list},
	Dot: {child}, Index: {child, child}, Sequence: {list}, Await: {child}, Yield: {child}, ImportCall: {other, list},
	ArrayPattern: {list}, ObjectPattern: {list}, AssignPattern: {child, child}, Rest: {child},
}

// Flags are small facts about a node.
type Flags uint16

const (
	IsAsync Flags = 1 << iota
	IsGenerator
	IsArrow
	IsExprBody // an arrow function whose body is an expression
	IsDecl     // a function or class declaration
	IsMethod   // the function of a method, getter, setter or constructor
	IsStrict   // strict code begins with this function or program
	IsComputed
	IsStatic
	IsParen   // stands in parentheses
	IsEscaped // String: written with escapes; TemplateText: an escape in it means nothing
)

// Flags whose meaning depends on the kind share a bit with one that cannot occur there.
const (
	IsShorthand = IsArrow     // Property
	IsOptional  = IsAsync     // Call, Dot, Index: written with ?.
	IsPrivate   = IsGenerator // Dot: the name is a #private one
	IsPrefix    = IsAsync     // Update
	IsDelegate  = IsAsync     // Yield: yield*
	IsAwait     = IsAsync     // ForOf: for await
	Directive   = IsAsync     // ExprStmt
	IsDeclared  = IsDecl      // Ident: this is a declaration of its binding
	IsRead      = IsAsync     // Ident: the value is used here
	IsWritten   = IsGenerator // Ident: a value is put here
	IsDynamic   = IsStatic    // Ident: a with statement may catch this name first
)
