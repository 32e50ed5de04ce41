package bundle

import "strings"

// Reserved words after which an operand comes.
var operandWords = words(`break case catch class const continue debugger default delete do else enum export extends
	finally for function if import in instanceof new return switch throw try typeof var void while with`)

// Words that are names in some places and operators in others.
var unsureWords = words("of yield await")

// Words whose parentheses end no value.
var headWords = words("if while for with switch catch")

// Words whose braces hold statements.
var blockWords = words("else do try finally")

// Words whose braces hold an object.
var objectWords = words("return typeof void throw new in instanceof case delete")

// words makes a set of the words of a text.
func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func afterWord(w string, property bool) after {
	switch {
	case property:
		return afterValue
	case unsureWords[w]:
		return afterUnsure
	case operandWords[w]:
		return afterOperator
	}
	return afterValue
}

func (l *lexer) push(b bracket) {
	l.open = append(l.open, b)
	l.opened = true
}

func (t token) keyword(set map[string]bool) bool {
	return t.kind == kindWord && !t.property && set[t.text]
}

func (l *lexer) opening(c byte) token {
	b := bracket{open: c, value: true}
	switch c {
	case '[':
		b.list = l.state == afterOperator
	case '(':
		b.list = l.state == afterValue
		b.head = l.prev.keyword(headWords) || l.prev.text == "await" && l.prev2.text == "for"
		b.value = !b.head
	case '{':
		b.block = l.opensBlock()
		b.value = !b.block && l.opensObject()
		b.list = b.value
	}
	l.pos++
	l.push(b)
	l.state = afterOperator
	return token{kind: kindPunct}
}

// opensBlock says whether a brace here certainly begins statements.
func (l *lexer) opensBlock() bool {
	statements := l.top().block
	switch l.prev.text {
	case "":
		return true
	case ")":
		return l.popped.head
	case ";", "{":
		return statements
	case "}":
		return statements && l.popped.block
	}
	return l.prev.keyword(blockWords)
}

// opensObject says whether a brace here certainly begins an object literal or a destructuring pattern.
func (l *lexer) opensObject() bool {
	if l.state != afterOperator {
		return false
	}
	switch l.prev.text {
	case "=>", ":", ";", "{", "}", ")", "++", "--":
		return false
	}
	return l.prev.kind == kindPunct && l.prev.text != "" || l.prev.kind == kindTemplate || l.prev.keyword(objectWords)
}

func (l *lexer) closing(c byte) token {
	b := *l.top()
	if len(l.open) == 1 || !closes(b.open, c) {
		return l.fail(l.pos, "unexpected "+string(c))
	}
	l.open = l.open[:len(l.open)-1]
	l.popped, l.closed = b, true
	l.pos++
	if b.open == '$' {
		return l.template()
	}
	switch {
	case b.value:
		l.state = afterValue
	case b.head, b.block:
		l.state = afterOperator
	default:
		l.state = afterUnsure
	}
	return token{kind: kindPunct}
}

func closes(open, c byte) bool {
	switch open {
	case '(':
		return c == ')'
	case '[':
		return c == ']'
	}
	return c == '}' && open != 0
}
