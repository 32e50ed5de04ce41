// The first things there are: mw, mw.Map, mw.config, and what other parts need before any module has come.

/**
 * A set of named values. get() without a name returns them all, with a list an object of those asked for.
 */
class MwMap {
	constructor() {
		this.values = Object.create( null );
	}

	get( selection, fallback = null ) {
		if ( selection === undefined ) {
			return Object.assign( {}, this.values );
		}
		if ( Array.isArray( selection ) ) {
			const found = {};
			for ( const name of selection ) {
				found[ name ] = this.get( name, fallback );
			}
			return found;
		}
		return selection in this.values ? this.values[ selection ] : fallback;
	}

	set( selection, value ) {
		if ( selection !== null && typeof selection === 'object' ) {
			Object.assign( this.values, selection );
			return true;
		}
		if ( typeof selection === 'string' && arguments.length > 1 ) {
			this.values[ selection ] = value;
			return true;
		}
		return false;
	}

	exists( name ) {
		return name in this.values;
	}
}

const mw = {
	Map: MwMap,
	config: new MwMap(),
	messages: new MwMap(),
	templates: new MwMap(),
	now: () => performance.now(),
	requestIdleCallback: ( callback, options ) => window.requestIdleCallback ?
		window.requestIdleCallback( callback, options ) :
		setTimeout( () => callback( { didTimeout: false, timeRemaining: () => 10 } ), 1 )
};

// What is tracked before mediawiki.base has come waits here for it.
mw.trackQueue = [];
mw.track = ( topic, data ) => {
	mw.trackQueue.push( { topic, data, args: [ data ] } );
};
mw.trackError = ( topic, data ) => {
	mw.track( topic, data );
	const about = data.module ? ` in module ${ data.module }` : '';
	console.warn( `Exception in ${ data.source }${ about }:`, data.exception );
};

mw.log = function () {
	console.log.apply( console, arguments );
};
mw.log.warn = function () {
	console.warn.apply( console, arguments );
};
mw.log.error = function () {
	console.error.apply( console, arguments );
};

window.mw = window.mediaWiki = mw;
