(() => {
	const send = globalThis["BINDING"];
	if (!send || !delete globalThis["BINDING"]) return;
	send('h' + location.href);
	const emit = text => send('e' + text);
	/* SCRIPTS */
})();
