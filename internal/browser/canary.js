'use strict';
{
	const kind = location.pathname.slice(1, -3);
	const ask = name => fetch(`https://${name}.probe.test/`).catch(() => {});
	ask(kind);
	try {
		const socket = new WebSocket(`wss://${kind}-socket.probe.test/`);
		socket.onopen = () => socket.send('hello');
		new WebSocket('ws://127.0.0.1:CONTROL/');
	} catch { /* no sockets here */ }
	fetch('http://127.0.0.1:CONTROL/', { mode: 'no-cors' }).catch(() => {});
	if (kind === 'worker') {
		try { importScripts('https://worker-import.probe.test/x.mjs'); } catch { /* not a script */ }
		try { new Worker('/nested.js'); } catch { /* no workers in workers */ }
	}
	if (kind === 'service') {
		addEventListener('install', event => event.waitUntil(ask('service-install')));
		addEventListener('activate', event => event.waitUntil(clients.claim()));
	}
}
