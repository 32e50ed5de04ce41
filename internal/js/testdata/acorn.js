// Prints each file's tree as acorn reads it: one line per node with its kind, byte offsets and what it says.
// Usage: node acorn.js ACORN < list of files. Each file begins with "= path" and ends with "." or "! error".
const acorn = require(process.argv[2]);
const fs = require("fs");

const kinds = {
	ExpressionStatement: "ExprStmt", BlockStatement: "Block", VariableDeclaration: "VarDecl", VariableDeclarator: "Declarator",
	IfStatement: "If", ForStatement: "For", ForInStatement: "ForIn", ForOfStatement: "ForOf", WhileStatement: "While",
	DoWhileStatement: "DoWhile", ReturnStatement: "Return", ThrowStatement: "Throw", BreakStatement: "Break",
	ContinueStatement: "Continue", LabeledStatement: "Labeled", SwitchStatement: "Switch", SwitchCase: "Case",
	TryStatement: "Try", CatchClause: "Catch", WithStatement: "With", EmptyStatement: "Empty", DebuggerStatement: "Debugger",
	ImportDeclaration: "Import", ExportDefaultDeclaration: "ExportDefault", ExportAllDeclaration: "ExportAll",
	FunctionDeclaration: "Function", FunctionExpression: "Function", ArrowFunctionExpression: "Function",
	ClassDeclaration: "Class", ClassExpression: "Class", MethodDefinition: "Method", PropertyDefinition: "Field",
	ThisExpression: "This", Super: "Super", TemplateLiteral: "Template", TemplateElement: "TemplateText",
	TaggedTemplateExpression: "TaggedTemplate", ArrayExpression: "Array", ObjectExpression: "Object", SpreadElement: "Spread",
	UnaryExpression: "Unary", UpdateExpression: "Update", BinaryExpression: "Binary", LogicalExpression: "Logical",
	AssignmentExpression: "Assign", ConditionalExpression: "Cond", CallExpression: "Call", NewExpression: "New",
	SequenceExpression: "Sequence", AwaitExpression: "Await", YieldExpression: "Yield", ImportExpression: "ImportCall",
	RestElement: "Rest", AssignmentPattern: "AssignPattern",
};

function kind(n) {
	switch (n.type) {
	case "MemberExpression": return n.computed ? "Index" : "Dot";
	case "Identifier": case "PrivateIdentifier": return "word";
	case "ExportNamedDeclaration": return n.declaration ? "ExportDecl" : "ExportNamed";
	case "MetaProperty": return n.meta.name === "new" ? "NewTarget" : "ImportMeta";
	case "Literal":
		if (n.regex) return "Regexp";
		if (n.bigint !== undefined && n.bigint !== null) return "BigInt";
		return { string: "String", number: "Number", boolean: "Bool" }[typeof n.value] || "Null";
	}
	return kinds[n.type] || n.type;
}

function says(n) {
	switch (n.type) {
	case "Identifier": return n.name;
	case "PrivateIdentifier": return "#" + n.name;
	case "TemplateElement": return n.value.cooked === null ? "" : text(n.value.cooked);
	case "UnaryExpression": case "UpdateExpression": case "BinaryExpression": case "LogicalExpression": return n.operator;
	case "AssignmentExpression": return n.operator.slice(0, -1);
	case "VariableDeclaration": return n.kind;
	case "Property": return n.kind === "init" ? (n.method ? "method" : "") : n.kind;
	case "MethodDefinition": return n.kind === "get" || n.kind === "set" ? n.kind : "";
	case "Literal":
		if (n.regex) return text(n.regex.pattern) + "/" + n.regex.flags;
		if (typeof n.value === "string") return text(n.value);
		if (typeof n.value === "boolean") return String(n.value);
	}
	return "";
}

const text = s => JSON.stringify(s.toWellFormed ? s.toWellFormed() : s.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd"))
	.replace(/[\u007f-\uffff]/g, c => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

function print(root, source) {
	const at = new Uint32Array(source.length + 1);
	for (let i = 0, bytes = 0; i < source.length; i++) {
		at[i] = bytes;
		const c = source.charCodeAt(i);
		if (c >= 0xd800 && c < 0xdc00) { at[i + 1] = bytes; bytes += 4; i++; }
		else bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
		at[i + 1] = bytes;
	}
	const lines = [];
	(function walk(n, skip) {
		if (!n) return;
		const silent = n.type === "Program" || n.type === "ChainExpression" || skip ||
			n.type === "ImportSpecifier" || n.type === "ExportSpecifier" || n.type === "ImportDefaultSpecifier" || n.type === "ImportNamespaceSpecifier" || n.type === "ImportAttribute" || n.type === "ClassBody";
		if (!silent) lines.push([at[n.start], at[n.end], kind(n), says(n)].join(" "));
		if (n.type === "MetaProperty") return;
		for (const key of Object.keys(n)) {
			const v = n[key];
			if (key === "label" || key === "regex") continue;
			if (Array.isArray(v)) v.forEach(c => c && c.type && walk(c));
			else if (v && typeof v.type === "string") walk(v);
		}
	})(root);
	return lines.sort();
}

for (const path of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
	const source = fs.readFileSync(path, "utf8").replace(/^\ufeff/, "");
	console.log("= " + path);
	const options = { ecmaVersion: "latest", allowReturnOutsideFunction: true, allowHashBang: true };
	let error;
	for (const sourceType of ["script", "module"]) {
		if (/\.module\.js$/.test(path) && sourceType === "script") continue;
		try {
			const root = acorn.parse(source, { ...options, sourceType });
			console.log(print(root, source).join("\n"));
			error = null;
			break;
		} catch (e) { error = error || e; }
	}
	console.log(error ? "! " + error.message : ".");
}
