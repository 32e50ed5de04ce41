emit => {
	// What runs here runs before anything of the page, in its own world. It keeps private copies of all it uses, since a script may
	// replace what it likes later; it changes nothing that a script could see but what is needed to hear of calls.
	'use strict';
	const SETTINGS = /* SETTINGS */ {};
	const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
	const call = Function.prototype.call;
	const free = ( f ) => call.bind( f );
	const text = String, stringify = JSON.stringify, parse = JSON.parse, Err = Error, freshMap = WeakMap, create = Object.create;
	const indexOf = free( text.prototype.indexOf ), slice = free( text.prototype.slice ), split = free( text.prototype.split );
	const hasOwn = free( Object.prototype.hasOwnProperty );
	const mapGet = free( freshMap.prototype.get ), mapSet = free( freshMap.prototype.set ), mapHas = free( freshMap.prototype.has );
	const inDocument = typeof document === 'object';
	const global = globalThis;

	// A function of ours that stands in for a native one looks like it.
	const originals = new freshMap();
	const nativeToString = Function.prototype.toString;
	const like = ( made, original ) => {
		mapSet( originals, made, original );
		for ( const key of [ 'name', 'length' ] ) {
			defineProperty( made, key, { value: original[ key ], configurable: true, writable: false, enumerable: false } );
		}
		return made;
	};
	const toStringStand = { toString() {
		const original = this !== null && ( typeof this === 'function' ) && mapGet( originals, this );
		return apply( nativeToString, original || this, [] );
	} }.toString;
	like( toStringStand, nativeToString );
	defineProperty( Function.prototype, 'toString', { value: toStringStand, configurable: true, writable: true, enumerable: false } );

	// The stack, without what a script may have set up for stacks.
	const clean = { value: undefined, configurable: true, writable: true, enumerable: false };
	const stack = () => {
		const had = getOwnPropertyDescriptor( Err, 'prepareStackTrace' );
		const limit = getOwnPropertyDescriptor( Err, 'stackTraceLimit' );
		if ( had ) {
			defineProperty( Err, 'prepareStackTrace', clean );
		}
		defineProperty( Err, 'stackTraceLimit', { value: 40, configurable: true, writable: true, enumerable: true } );
		const s = text( new Err().stack );
		if ( limit ) {
			defineProperty( Err, 'stackTraceLimit', limit );
		} else {
			delete Err.stackTraceLimit;
		}
		if ( had ) {
			defineProperty( Err, 'prepareStackTrace', had );
		}
		return s;
	};
	const here = () => {
		try {
			return location.origin + location.pathname + location.search + ':';
		} catch ( e ) {
			return '\0';
		}
	};
	// Frames of the wiki's own modules come from load.php, inline ones from the page's own address. What is left is a script's.
	const callers = () => {
		const lines = split( stack(), '\n' );
		const page = here();
		let out = '';
		let kept = 0;
		for ( let i = 1; i < lines.length && kept < 6; i++ ) {
			const line = lines[ i ];
			if ( indexOf( line, '://' ) < 0 && indexOf( line, 'blob:' ) < 0 && indexOf( line, 'data:' ) < 0 ) {
				continue;
			}
			if ( indexOf( line, '/load.php' ) >= 0 || inDocument && indexOf( line, page ) >= 0 ) {
				continue;
			}
			out += ( kept++ ? '\n' : '' ) + slice( line, 0, 600 );
		}
		return out;
	};

	const counts = create( null );
	const tell = ( kind, name, more, at ) => {
		counts[ kind ] = ( counts[ kind ] || 0 ) + 1;
		if ( counts[ kind ] > 400 ) {
			return;
		}
		const event = create( null );
		event.k = kind;
		event.n = slice( text( name ), 0, 300 );
		event.s = at;
		if ( more ) {
			for ( const key of ownKeys( more ) ) {
				event[ key ] = more[ key ];
			}
		}
		emit( stringify( event ) );
	};
	const safely = ( f ) => {
		try {
			return f();
		} catch ( e ) {
			return undefined;
		}
	};

	// Put something in front of a method: before( this, args ) never changes what it does.
	const wrap = ( owner, key, before ) => {
		const d = owner && getOwnPropertyDescriptor( owner, key );
		if ( !d || typeof d.value !== 'function' || !d.configurable ) {
			return;
		}
		const original = d.value;
		const stand = { f( ...args ) {
			safely( () => before( this, args ) );
			return apply( original, this, args );
		} }.f;
		defineProperty( owner, key, { value: like( stand, original ), configurable: true, writable: d.writable, enumerable: d.enumerable } );
	};
	// The same, told of what came back.
	const wrapAfter = ( owner, key, after ) => {
		const d = owner && getOwnPropertyDescriptor( owner, key );
		if ( !d || typeof d.value !== 'function' || !d.configurable ) {
			return;
		}
		const original = d.value;
		const stand = { f( ...args ) {
			const out = apply( original, this, args );
			safely( () => after( out, args ) );
			return out;
		} }.f;
		defineProperty( owner, key, { value: like( stand, original ), configurable: true, writable: d.writable, enumerable: d.enumerable } );
	};
	const wrapAccessor = ( owner, key, onGet, onSet ) => {
		const d = owner && getOwnPropertyDescriptor( owner, key );
		if ( !d || !d.configurable || !d.get && !d.set ) {
			return;
		}
		const out = { configurable: true, enumerable: d.enumerable, get: d.get, set: d.set };
		if ( d.get && onGet ) {
			out.get = like( { get() {
				safely( () => onGet( this ) );
				return apply( d.get, this, [] );
			} }.get, d.get );
		}
		if ( d.set && onSet ) {
			out.set = like( { set( v ) {
				safely( () => onSet( this, v ) );
				return apply( d.set, this, [ v ] );
			} }.set, d.set );
		}
		defineProperty( owner, key, out );
	};
	const wrapConstructor = ( name, before ) => {
		const d = getOwnPropertyDescriptor( global, name );
		if ( !d || typeof d.value !== 'function' || !d.configurable ) {
			return;
		}
		const original = d.value;
		const stand = new Proxy( original, { construct( target, args, newTarget ) {
			safely( () => before( args ) );
			return construct( target, args, newTarget === stand ? target : newTarget );
		} } );
		mapSet( originals, stand, original );
		defineProperty( global, name, { value: stand, configurable: true, writable: d.writable, enumerable: d.enumerable } );
		safely( () => defineProperty( original.prototype, 'constructor', { value: stand, configurable: true, writable: true, enumerable: false } ) );
	};
	const byScript = ( f ) => {
		const at = callers();
		if ( at ) {
			f( at );
		}
	};

	// Chance, where the run wants a certain one: small numbers that are never the same.
	if ( SETTINGS.chance !== undefined ) {
		let n = 0;
		const random = Math.random;
		defineProperty( Math, 'random', { value: like( { random() {
			n = ( n + 1 ) % 1000;
			return SETTINGS.chance + n * 1e-9;
		} }.random, random ), configurable: true, writable: true, enumerable: false } );
	}

	/* PARTS */
}
