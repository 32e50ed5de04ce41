// The last part of the startup script; the server puts the list of sources and modules before it.

/** MediaWiki wants a browser that lets it make functions from text; a policy may forbid that, and then nothing runs. */
function isCompatible() {
	try {
		return Boolean( new Function( '(a = 0) => a' ) );
	} catch ( e ) {
		return false;
	}
}

function start() {
	mw.config.set( window.RLCONF || {} );
	mw.loader.state( window.RLSTATE || {} );
	mw.loader.load( window.RLPAGEMODULES || [] );
	const waiting = window.RLQ || [];
	// Entries with dependencies, [[names], function], wait for mediawiki.base.
	const push = ( entry ) => {
		if ( typeof entry === 'function' ) {
			entry();
		} else {
			window.RLQ[ window.RLQ.length ] = entry;
		}
	};
	window.RLQ = [];
	window.RLQ.push = push;
	for ( const entry of waiting ) {
		push( entry );
	}
	window.NORLQ = [];
}

if ( isCompatible() ) {
	start();
} else {
	document.documentElement.className = document.documentElement.className.replace( /(^|\s)client-js(\s|$)/, '$1client-nojs$2' );
	for ( const fallback of window.NORLQ || [] ) {
		fallback();
	}
}
