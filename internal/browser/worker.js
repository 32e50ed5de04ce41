(() => {
	const send = globalThis["BINDING"];
	if (!send || !delete globalThis["BINDING"]) return null;
	send('h');
	const emit = text => send('e' + text);

	void WorkerGlobalScope.prototype; // Chromium gives the global object its methods when they are first looked for here

	// Timers that fire in order when time is moved on, and Date and performance that know of it.
	const { setTimeout: later, setInterval: every, clearTimeout: forget, Date: RealDate, Map, Function, String, Reflect } = globalThis;
	const now = RealDate.now, tick = performance.now.bind(performance), call = Reflect.apply, construct = Reflect.construct;
	const waiting = new Map();
	const get = Map.prototype.get, put = Map.prototype.set, drop = Map.prototype.delete, entries = Map.prototype.entries;
	let moved = 0, started = 0, numbers = 1e6;
	const time = () => call(now, RealDate, []) + moved;
	const run = (code, args) => typeof code === 'function' ? call(code, globalThis, args) : (0, eval)(String(code));
	const arm = (id, timer) => {
		timer.real = later(() => fire(id), timer.due - time());
	};
	const fire = id => {
		const timer = call(get, waiting, [id]);
		if (!timer) return;
		if (timer.period === null) {
			call(drop, waiting, [id]);
		} else {
			timer.due += timer.period > 1 ? timer.period : 1;
			arm(id, timer);
		}
		run(timer.code, timer.args);
	};
	const wait = (code, delay, args, repeat) => {
		const id = numbers++, length = +delay > 0 ? +delay : 0;
		const timer = { code, args, due: time() + length, period: repeat ? length : null };
		call(put, waiting, [id, timer]);
		arm(id, timer);
		return id;
	};
	globalThis.setTimeout = { setTimeout(handler, timeout = 0, ...args) { return wait(handler, timeout, args, false); } }.setTimeout;
	globalThis.setInterval = { setInterval(handler, timeout = 0, ...args) { return wait(handler, timeout, args, true); } }.setInterval;
	const clear = id => {
		const timer = call(get, waiting, [id]);
		if (timer) forget(timer.real);
		call(drop, waiting, [id]);
	};
	globalThis.clearTimeout = { clearTimeout(id) { clear(id); } }.clearTimeout;
	globalThis.clearInterval = { clearInterval(id) { clear(id); } }.clearInterval;
	globalThis.Date = new Proxy(RealDate, {
		construct: (target, args, self) => construct(target, args.length ? args : [time()], self === globalThis.Date ? target : self),
		apply: () => new RealDate(time()).toString(),
		get: (target, key) => key === 'now' ? time : target[key],
	});
	RealDate.prototype.constructor = globalThis.Date;
	Performance.prototype.now = { now() { return tick() + moved; } }.now;

	const mark = () => { started = call(now, RealDate, []); };
	const advance = (by, most) => {
		// The page's virtual time moves Date here too where both are in one process, and timers nowhere.
		const already = call(now, RealDate, []) - started;
		const end = moved + (already < by ? by - already : 0);
		for (let fired = 0; fired < most; fired++) {
			let next = null, id = 0;
			for (const [key, timer] of call(entries, waiting, [])) {
				if (!next || timer.due < next.due) { next = timer; id = key; }
			}
			if (!next || next.due - call(now, RealDate, []) > end) break;
			moved = next.due - call(now, RealDate, []) > moved ? next.due - call(now, RealDate, []) : moved;
			forget(next.real);
			try { fire(id); } catch (error) { later(() => { throw error; }, 0); }
		}
		moved = end;
		for (const [id, timer] of call(entries, waiting, [])) {
			forget(timer.real);
			arm(id, timer);
		}
	};
	// A worker has no address before its script has come; who asks for it now takes the whole renderer down.
	Object.defineProperty(globalThis, 'location', { configurable: true, value: undefined });
	/* SCRIPTS */
	delete globalThis.location;
	return { mark, advance };
})();
