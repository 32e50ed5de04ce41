package js

// Op is an operator, or what else tells apart nodes of one kind.
type Op uint8

const (
	OpNone Op = iota
	OpAdd
	OpSub
	OpMul
	OpDiv
	OpMod
	OpPow
	OpShl
	OpShr
	OpUshr
	OpBitAnd
	OpBitOr
	OpBitXor
	OpEq
	OpNe
	OpStrictEq
	OpStrictNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpIn
	OpInstanceof
	OpAnd
	OpOr
	OpNullish

	OpNot
	OpBitNot
	OpPlus
	OpMinus
	OpTypeof
	OpVoid
	OpDelete
	OpInc
	OpDec

	OpTrue
	OpFalse
	OpVar
	OpLet
	OpConst
	OpGet
	OpSet
	OpMethod
	OpDefault
	OpNamespace
)

var opNames = [...]string{
	"", "+", "-", "*", "/", "%", "**", "<<", ">>", ">>>", "&", "|", "^", "==", "!=", "===", "!==", "<", "<=", ">", ">=",
	"in", "instanceof", "&&", "||", "??", "!", "~", "+", "-", "typeof", "void", "delete", "++", "--",
	"true", "false", "var", "let", "const", "get", "set", "method", "default", "*",
}

func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return "?"
}
