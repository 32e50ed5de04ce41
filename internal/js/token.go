package js

// token is what the scanner found. Reserved words are tokens with the number of their atom.
type token uint8

const (
	tEOF   token = 0
	tIdent token = token(lastReserved) + 1 + iota
	tPrivate
	tNumber
	tBigInt
	tString
	tBacktick
	tLBrace
	tRBrace
	tLParen
	tRParen
	tLBracket
	tRBracket
	tDot
	tEllipsis
	tSemicolon
	tComma
	tColon
	tQuestion
	tQuestionDot
	tArrow
	tAt
	tInc
	tDec
	tNot
	tBitNot

	// Operators between two operands, in the order of Op.
	tAdd
	tSub
	tMul
	tDiv
	tMod
	tPow
	tShl
	tShr
	tUshr
	tBitAnd
	tBitOr
	tBitXor
	tEq
	tNe
	tStrictEq
	tStrictNe
	tLt
	tLe
	tGt
	tGe
	tAnd
	tOr
	tNullish

	tAssign
	// Compound assignments, in the order of Op.
	tAddAssign
	tSubAssign
	tMulAssign
	tDivAssign
	tModAssign
	tPowAssign
	tShlAssign
	tShrAssign
	tUshrAssign
	tBitAndAssign
	tBitOrAssign
	tBitXorAssign
	tAndAssign
	tOrAssign
	tNullishAssign
	tokens
)

const (
	tIn         = token(aIn)
	tInstanceof = token(aInstanceof)
)

// infix says how tightly an operator binds (ECMA-262 §13.6 to §13.13) and which it is; 0 binds nothing.
type infix struct {
	prec uint8
	op   Op
}

var infixes = [tokens]infix{
	tNullish: {1, OpNullish}, tOr: {2, OpOr}, tAnd: {3, OpAnd}, tBitOr: {4, OpBitOr}, tBitXor: {5, OpBitXor},
	tBitAnd: {6, OpBitAnd}, tEq: {7, OpEq}, tNe: {7, OpNe}, tStrictEq: {7, OpStrictEq}, tStrictNe: {7, OpStrictNe},
	tLt: {8, OpLt}, tLe: {8, OpLe}, tGt: {8, OpGt}, tGe: {8, OpGe}, tIn: {8, OpIn}, tInstanceof: {8, OpInstanceof},
	tShl: {9, OpShl}, tShr: {9, OpShr}, tUshr: {9, OpUshr}, tAdd: {10, OpAdd}, tSub: {10, OpSub},
	tMul: {11, OpMul}, tDiv: {11, OpDiv}, tMod: {11, OpMod}, tPow: {12, OpPow},
}

// assignOps gives the operator of a compound assignment.
var assignOps = [tokens]Op{
	tAddAssign: OpAdd, tSubAssign: OpSub, tMulAssign: OpMul, tDivAssign: OpDiv, tModAssign: OpMod, tPowAssign: OpPow,
	tShlAssign: OpShl, tShrAssign: OpShr, tUshrAssign: OpUshr, tBitAndAssign: OpBitAnd, tBitOrAssign: OpBitOr,
	tBitXorAssign: OpBitXor, tAndAssign: OpAnd, tOrAssign: OpOr, tNullishAssign: OpNullish,
}

var prefixOps = [tokens]Op{
	tNot: OpNot, tBitNot: OpBitNot, tAdd: OpPlus, tSub: OpMinus,
	token(aTypeof): OpTypeof, token(aVoid): OpVoid, token(aDelete): OpDelete,
}

// character classes of the first 128 characters
const (
	cOther uint8 = iota
	cLetter
	cDigit
	cSpace
	cBreak
)

var classes = func() (t [256]uint8) {
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = cLetter, cLetter
	}
	t['_'], t['$'] = cLetter, cLetter
	for c := '0'; c <= '9'; c++ {
		t[c] = cDigit
	}
	t[' '], t['\t'], t['\v'], t['\f'] = cSpace, cSpace, cSpace, cSpace
	t['\n'], t['\r'] = cBreak, cBreak
	return t
}()
