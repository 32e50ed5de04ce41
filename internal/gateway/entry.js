/* Sallyport: what became of a script, told to its reader and to whoever waits for it. */
( function ( notice ) {
	'use strict';
	var error, key = 'sallyport-entry-' + notice.key;

	function node( tag, text ) {
		var element = document.createElement( tag );
		element.textContent = text;
		return element;
	}

	function show() {
		var box = document.createElement( 'div' ), line = node( 'p', notice.text + ' ' ), link;
		line.dir = 'auto';
		if ( notice.link ) {
			link = node( 'a', notice.look );
			link.href = notice.link;
			line.appendChild( link );
		}
		box.appendChild( line );
		mw.notify( box, { tag: key, autoHide: !notice.stops, type: notice.stops ? 'error' : 'warn' } );
	}

	/* What runs all the same is spoken of once in a window; what the operators switched off, once in a browser. */
	function already() {
		var store;
		try {
			store = notice.once ? localStorage : sessionStorage;
			if ( notice.stops && !notice.once || !store.getItem( key ) ) {
				store.setItem( key, '1' );
				return false;
			}
			return true;
		} catch ( e ) {
			return false;
		}
	}

	if ( notice.quiet ) {
		if ( typeof console !== 'undefined' ) {
			console.warn( notice.text );
		}
	} else if ( typeof window !== 'undefined' && !already() ) {
		( window.RLQ = window.RLQ || [] ).push( [ [ 'mediawiki.util' ], show ] );
	}
	if ( notice.throws ) {
		error = new Error( notice.text );
		error.name = 'SallyportRefused';
		error.code = notice.code;
		error.script = notice.script;
		error.rule = notice.rule;
		error.because = notice.because;
		error.link = notice.link;
		throw error;
	}
}( NOTICE ) );
