/*
 * sallyport.import( name, options ): a script of this wiki or of one of its farm, once what it declares that it needs is there. Loaded when
 * first asked for. Of options there is one: timeout, how many milliseconds its promise may stay open.
 */
( function ( sallyport ) {
	'use strict';
	var base = '/sallyport',
		patience = 60000, // in ms, unless the caller says otherwise
		asked = {}, // promises of exports, by the name asked for
		made = {}, // by title and text
		needs = {}, // titles that a title waits for
		texts = {}, // functions, by the text's hash
		waiting = [], // what is waited for, in words
		denied = {};

	function failure( about ) {
		var error = new Error( about.message );
		error.name = about.name || 'ImportError';
		[ 'code', 'script', 'rule', 'because', 'link' ].forEach( function ( key ) {
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
				node.remove();
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

	function own( map, name ) {
		return Object.prototype.hasOwnProperty.call( map, name );
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
			if ( own( others, name ) ) {
				return others[ name ];
			}
			return own( others, about.farm + name ) ? others[ about.farm + name ] : mw.loader.require( name );
		} );
		if ( module.lacks ) {
			throw failure( { code: 'export', message: about.title + ' declares @export ' + module.lacks + ', and has no such variable.' } );
		}
		return module.exports;
	}

	/* Keeps note of what is not there yet, for whoever tires of waiting. */
	function awaiting( about, what, promise ) {
		var note = about.title + ' waits for ' + what;
		function end() {
			waiting.splice( waiting.indexOf( note ), 1 );
		}
		waiting.push( note );
		promise.then( end, end );
		return promise;
	}

	function make( about ) {
		var others = {};
		if ( own( about, 'data' ) ) {
			return Promise.resolve( about.data );
		}
		return Promise.all( [
			awaiting( about, ( about.modules || [] ).join( ', ' ), modules( about.modules ) ),
			Promise.all( ( about.styles || [] ).map( function ( address ) {
				return awaiting( about, address, element( 'link', { rel: 'stylesheet', href: address } ) );
			} ) ),
			Promise.all( ( about.scripts || [] ).map( function ( name ) {
				return awaiting( about, name, get( name, about.title ) ).then( function ( exports ) {
					others[ name ] = exports;
				} );
			} ) )
		] ).then( function () {
			return about.address && element( 'script', { src: about.address } );
		} ).then( function () {
			return about.address ? run( about, others ) : {};
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

	/* A promise that does not stay open for longer than so many milliseconds. What it is about may still come. */
	function within( time, name, promise ) {
		return new Promise( function ( resolve, reject ) {
			var timer = setTimeout( function () {
				reject( failure( { code: 'timeout', message: [ name + ' is not there after ' + time / 1000 + ' s' ].concat( waiting.slice( 0, 5 ) ).join( '; ' ) + '.' } ) );
			}, time );
			promise.then( resolve, reject ).then( function () {
				clearTimeout( timer );
			} );
		} );
	}

	function wrong( options ) {
		var unknown = Object.keys( options ).filter( function ( key ) {
			return key !== 'timeout';
		} );
		if ( unknown.length ) {
			return 'there is no option ' + unknown.join( ', ' ) + ', only timeout.';
		}
		return own( options, 'timeout' ) && !( options.timeout > 0 && options.timeout < 86400000 ) ? 'timeout is in milliseconds: more than 0, less than a day.' : '';
	}

	sallyport.ready = function ( name, options ) {
		var mistake = wrong( options || {} );
		name = String( name );
		if ( mistake ) {
			return Promise.reject( failure( { code: 'options', message: name + ': ' + mistake } ) );
		}
		if ( !asked[ name ] ) {
			asked[ name ] = get( name );
			asked[ name ].catch( function () {
				delete asked[ name ];
			} );
		}
		return within( options && options.timeout || patience, name, asked[ name ] );
	};
}( window.sallyport ) );
