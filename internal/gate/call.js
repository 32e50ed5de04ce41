const kept = [], { apply, get: read, getOwnPropertyDescriptor: described, ownKeys } = Reflect, FreshProxy = Proxy;
const put = ( n, f ) => {
	if ( typeof f === 'function' && kept.length < 300 ) {
		kept[ kept.length ] = [ n, f ];
	}
};
// keep remembers a function, or the methods of an object or class, the first time it is made.
const keep = ( n, v, members ) => {
	if ( used[ n ] ) {
		return;
	}
	used[ n ] = true;
	if ( !members ) {
		put( n, v );
		return;
	}
	const owners = typeof v === 'function' ? [ v.prototype, v ] : [ v ];
	for ( let i = 0; i < owners.length; i++ ) {
		const names = ownKeys( owners[ i ] );
		for ( let j = 0; j < names.length && j < 60; j++ ) {
			const d = described( owners[ i ], names[ j ] );
			if ( d && names[ j ] !== 'constructor' ) {
				put( n, d.value );
			}
		}
	}
};
// What functions are called with is whatever they take it for, for so long: a list of one, an element, an event, an answer.
let patience = 20000;
const home = typeof location === 'object' ? location.href : '';
const said = {
	__proto__: null, length: 1, key: 'Enter', type: 'click', then: undefined, title: 'Harbour lights', name: 'Olga', user: 'Olga', href: home, url: home,
	text: 'Lamps light the harbour.', content: 'Lamps light the harbour.', value: 'Lamps light the harbour.', textContent: 'Lamps light the harbour.'
};
const anything = new FreshProxy( function () {}, {
	get( target, name ) {
		if ( patience-- < 0 ) {
			throw new Error( 'no longer' );
		}
		if ( name === 'prototype' ) {
			return read( target, name );
		}
		if ( name === Symbol.toPrimitive ) {
			return () => 'Harbour lights';
		}
		if ( name === Symbol.iterator ) {
			return function* () {
				yield anything;
			};
		}
		return name in said ? said[ name ] : anything;
	},
	set: () => true,
	apply: () => anything,
	construct: () => anything
} );
typeof addEventListener === 'function' && addEventListener( /* EVENT */ '', () => {
	for ( let i = 0; i < kept.length; i++ ) {
		const [ n, f ] = kept[ i ];
		if ( report ) {
			report( n );
		}
		try {
			const made = apply( f, anything, [ anything, anything, anything, anything ] );
			for ( let left = 20; made && typeof made === 'object' && typeof made.next === 'function' && left > 0; left-- ) {
				made.next( anything );
			}
		} catch ( e ) {
			// It wanted something else.
		}
	}
}, true );
