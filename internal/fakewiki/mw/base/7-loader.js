// What mw.loader gains once there is jQuery, and the old functions for loading scripts of pages.

/** A promise for modules: it gives require, and calls back as well. */
mw.loader.using = ( dependencies, ready, error ) => {
	const deferred = $.Deferred();
	if ( ready ) {
		deferred.done( ready );
	}
	if ( error ) {
		deferred.fail( error );
	}
	try {
		const names = mw.loader.resolve( Array.isArray( dependencies ) ? dependencies : [ dependencies ] );
		mw.loader.enqueue( names, () => deferred.resolve( mw.loader.require ), deferred.reject );
	} catch ( e ) {
		deferred.reject( e );
	}
	return deferred.promise();
};

mw.loader.getScript = ( url ) => $.ajax( url, { dataType: 'script', cache: true } ).catch( () => {
	throw new Error( 'Failed to load script' );
} );

const loadedScripts = Object.create( null );

const rawUrl = ( page, type ) => mw.config.get( 'wgScript' ) + '?title=' +
	encodeURIComponent( page.replace( / /g, '_' ) ).replace( /%3A/g, ':' ).replace( /%2F/g, '/' ) + '&action=raw&ctype=' + type;

window.importScriptURI = ( url ) => {
	if ( loadedScripts[ url ] ) {
		return null;
	}
	loadedScripts[ url ] = true;
	return mw.loader.addScriptTag( url );
};
window.importScript = ( page ) => window.importScriptURI( rawUrl( page, 'text/javascript' ) );
window.importStylesheetURI = ( url, media ) => mw.loader.addLinkTag( url, media );
window.importStylesheet = ( page ) => window.importStylesheetURI( rawUrl( page, 'text/css' ) );

// In 1.39 the promise is of the loading alone, and gives no notice.
mw.notify = ( message, options ) => mw.loader.using( 'mediawiki.notification', () => mw.notification.notify( message, options ) );

// Entries of RLQ that name what they need.
const waiting = window.RLQ || [];
const enqueueEntry = ( entry ) => {
	if ( typeof entry === 'function' ) {
		entry();
	} else {
		mw.loader.using( entry[ 0 ], entry[ 1 ] );
	}
};
window.RLQ = { push: enqueueEntry };
Array.prototype.slice.call( waiting ).forEach( enqueueEntry );
