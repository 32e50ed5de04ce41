// Says for each line, a JSON string with a script, whether V8 compiles it: 1 or 0.
const vm = require("vm");
const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
console.log(lines.map(line => {
	try {
		new vm.Script(JSON.parse(line));
		return 1;
	} catch (e) {
		return 0;
	}
}).join(""));
