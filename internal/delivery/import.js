/* sallyport.import( name ): a script of this wiki, once what it declares that it needs is there. Loaded when first asked for. */
( function ( sallyport ) {
	'use strict';
	var base = '/sallyport',
		asked = {}, // promises of exports, by the name asked for
		made = {}, // by title and text
		needs = {}, // titles that a title waits for
		texts = {}, // functions, by the text's hash
		denied = {};

	function failure( about ) {
		var error = new Error( about.message );
		error.name = about.name || 'ImportError';
		[ 'code', 'rule', 'because', 'link' ].forEach( function ( key ) {
			error[ key ] = about[ key ];
		} );
		return error;
	}

	function ask( name ) {
		return fetch( base + '/import?name=' + encodeURIComponent( name ), { credentials: 'same-origin', cache: 'no-store' } ).then( function ( response ) {
			if ( !response.ok ) {
				throw failure( { code: 'unavailable', message: name + ' cannot be imported right now; try again in a minute.' } );
			}
			return response.json();
		}, function () {
			throw failure( { code: 'unavailable', message: name + ' cannot be imported: the wiki does not answer.' } );
		} ).then( function ( about ) {
			if ( about.error ) {
				throw failure( about.error );
			}
			return about;
		} );
	}

	/* Whether a title waits for another, directly or by way of others. */
	function waitsFor( title, other, seen ) {
		return title === other || ( needs[ title ] || [] ).some( function ( next ) {
			if ( seen[ next ] ) {
				return false;
			}
			seen[ next ] = true;
			return waitsFor( next, other, seen );
		} );
	}

	function element( tag, properties ) {
		return new Promise( function ( resolve, reject ) {
			var node = Object.assign( document.createElement( tag ), properties );
			node.onload = resolve;
			node.onerror = function () {
				reject( failure( { code: 'unavailable', message: ( properties.src || properties.href ) + ' did not come.' } ) );
			};
			document.head.appendChild( node );
		} );
	}

	function modules( names ) {
		if ( !names || !names.length ) {
			return Promise.resolve();
		}
		return new Promise( function ( resolve, reject ) {
			( window.RLQ = window.RLQ || [] ).push( function () {
				mw.loader.using( names ).then( resolve, function ( reason ) {
					reject( failure( { code: 'dependency', message: String( reason && reason.message || reason ) } ) );
				} );
			} );
		} );
	}

	function run( about, others ) {
		var module = { exports: {} }, body = texts[ about.digest ];
		if ( denied[ about.digest ] ) {
			throw failure( denied[ about.digest ] );
		}
		if ( !body ) {
			throw failure( { code: 'syntax', message: about.title + ' did not run; the console says why.' } );
		}
		body.call( window, module, module.exports, function ( name ) {
			return Object.prototype.hasOwnProperty.call( others, name ) ? others[ name ] : mw.loader.require( name );
		} );
		return module.exports;
	}

	function make( about ) {
		var others = {};
		return Promise.all( [
			modules( about.modules ),
			Promise.all( ( about.styles || [] ).map( function ( address ) {
				return element( 'link', { rel: 'stylesheet', href: address } );
			} ) ),
			Promise.all( ( about.scripts || [] ).map( function ( name ) {
				return get( name, about.title ).then( function ( exports ) {
					others[ name ] = exports;
				} );
			} ) )
		] ).then( function () {
			return element( 'script', { src: about.address } );
		} ).then( function () {
			return run( about, others );
		} );
	}

	function get( name, by ) {
		return ask( name ).then( function ( about ) {
			var key = about.title + '@' + about.digest;
			if ( by ) {
				if ( waitsFor( about.title, by, {} ) ) {
					throw failure( { code: 'cycle', message: by + ' and ' + about.title + ' wait for each other.' } );
				}
				( needs[ by ] = needs[ by ] || [] ).push( about.title );
			}
			if ( about.warning ) {
				mw.log.warn( 'Sallyport: ' + about.warning );
			}
			if ( !made[ key ] ) {
				made[ key ] = make( about );
				made[ key ].catch( function () {
					delete made[ key ];
					delete needs[ about.title ];
				} );
			}
			return made[ key ];
		} );
	}

	sallyport.define = function ( digest, body ) {
		texts[ digest ] = body;
		delete denied[ digest ];
	};
	sallyport.deny = function ( digest, about ) {
		denied[ digest ] = about;
	};
	sallyport.ready = function ( name ) {
		name = String( name );
		if ( !asked[ name ] ) {
			asked[ name ] = get( name );
			asked[ name ].catch( function () {
				delete asked[ name ];
			} );
		}
		return asked[ name ];
	};
}( window.sallyport ) );
