/* Sallyport: what became of a script, told to its reader and to whoever waits for it. */
( function ( notice ) {
	'use strict';
	var error, key = 'sallyport-entry-' + notice.key;

	/* One notice of the page holds all that there is to tell; a page that came before there was one has MediaWiki's. */
	function show() {
		var tell = window.sallyport && window.sallyport.tell;
		if ( tell ) {
			tell( {
				id: notice.code === 'unavailable' ? notice.key : notice.script,
				sort: notice.stops ? 'scripts' : 'runs',
				stops: notice.stops,
				text: notice.text,
				link: notice.link,
				look: notice.look
			}, notice.told );
		} else {
			( window.RLQ = window.RLQ || [] ).push( [ [ 'mediawiki.util' ], function () {
				mw.notify( notice.text, { tag: key, autoHide: !notice.stops, type: 'warn' } );
			} ] );
		}
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
		try {
			show();
		} catch ( e ) {
			/* A script changed how this page tells things: whoever waits still gets the error. */
			console.error( e );
		}
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
